import { Link } from '@tanstack/react-router';
import { useText } from './text.ts';

const sections = [
  { to: '/shops/$shopId/gdpr', text: 'gdpr.bases', exact: true },
  { to: '/shops/$shopId/gdpr/objections', text: 'gdpr.objections', exact: true },
  { to: '/shops/$shopId/gdpr/requests', text: 'gdpr.requests', exact: false },
  { to: '/shops/$shopId/gdpr/retention', text: 'gdpr.retention', exact: true },
  { to: '/shops/$shopId/gdpr/ledger', text: 'gdpr.ledger', exact: true },
] as const;

/** The sections of CRM > RGPD. */
export function GdprNav({ shop }: { shop: number }) {
  const say = useText();
  return (
    <nav className="sub-nav" aria-label={say('gdpr.sections')}>
      {sections.map((section) => (
        <Link
          key={section.to}
          to={section.to}
          params={{ shopId: String(shop) }}
          activeOptions={{ exact: section.exact }}
          className="sub-nav-link"
        >
          {say(section.text)}
        </Link>
      ))}
    </nav>
  );
}
