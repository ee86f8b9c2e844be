import './mantine.css';
import '@mantine/notifications/styles.css';
import './ui.css';
import './tracker-page.css';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { startText } from './text.ts';

const place = document.getElementById('root');
if (place === null) throw new Error('the page has no place for the interface');
await startText();
createRoot(place).render(<App />);
