import { Link } from '@tanstack/react-router';
import { PageTitle } from './page-state.tsx';
import { useText } from './text.ts';

const sections = [
  { to: '/instance', text: 'instance.shops' },
  { to: '/instance/people', text: 'instance.people' },
  { to: '/instance/health', text: 'instance.health' },
  { to: '/instance/retention', text: 'instance.retention' },
  { to: '/instance/outbox', text: 'instance.outbox' },
  { to: '/instance/audit', text: 'instance.audit' },
] as const;

/** What stands above every screen of the installation. */
export function InstanceHead() {
  const say = useText();
  return (
    <>
      <PageTitle title={say('instance.title')} lead={say('instance.lead')} />
      <nav className="sub-nav" aria-label={say('instance.sections')}>
        {sections.map(({ to, text }) => (
          <Link key={to} to={to} activeOptions={{ exact: true }} className="sub-nav-link">
            {say(text)}
          </Link>
        ))}
      </nav>
    </>
  );
}
