/** Line icons, drawn here: nothing to load. Decorative: the label stands beside them or on their button. */
const paths = {
  copy: 'M9 9h10v12H9zM5 15V3h10',
  check: 'M4 12l5 5L20 6',
  chevron: 'M6 9l6 6 6-6',
  sun: 'M12 8a4 4 0 100 8 4 4 0 000-8M12 2v2M12 20v2M4 12H2M22 12h-2M5 5l1.5 1.5M17.5 17.5L19 19M19 5l-1.5 1.5M6.5 17.5L5 19',
  moon: 'M20 14.5A8.5 8.5 0 019.5 4a8.5 8.5 0 1010.5 10.5z',
  user: 'M12 12a4 4 0 100-8 4 4 0 000 8M4 21c0-4 3.6-6.5 8-6.5s8 2.5 8 6.5',
  send: 'M21 3L10 14M21 3l-7 18-4-7-7-4z',
  mail: 'M3 6h18v12H3zM3 7l9 7 9-7',
  pulse: 'M3 12h4l3-7 4 14 3-7h4',
  chart: 'M4 20V10M10 20V4M16 20v-7M21 20H3',
  code: 'M8 7l-5 5 5 5M16 7l5 5-5 5',
  cart: 'M3 4h3l2.5 11h9L20 7H7M9.5 20a1 1 0 100-2 1 1 0 000 2M16.5 20a1 1 0 100-2 1 1 0 000 2',
  users:
    'M9 11a3.5 3.5 0 100-7 3.5 3.5 0 000 7M2.5 20c0-3.5 3-5.5 6.5-5.5s6.5 2 6.5 5.5M16 4.5a3.5 3.5 0 010 6.5M18 14.8c2 .7 3.5 2.4 3.5 5.2',
  shop: 'M4 10v10h16V10M3 10l2-6h14l2 6a3 3 0 01-6 0 3 3 0 01-6 0 3 3 0 01-6 0zM10 20v-5h4v5',
  shield: 'M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6zM9 12l2 2 4-4',
  gear: 'M4 7h10M18 7h2M4 17h2M10 17h10M16 5v4M8 15v4',
  upload: 'M12 16V4M7 9l5-5 5 5M4 16v4h16v-4',
  download: 'M12 4v11M7 10l5 5 5-5M4 20h16',
  search: 'M11 18a7 7 0 100-14 7 7 0 000 14M16 16l5 5',
  pause: 'M8 5v14M16 5v14',
  play: 'M7 5l12 7-12 7z',
  close: 'M6 6l12 12M18 6L6 18',
  book: 'M5 4h10a4 4 0 014 4v12H9a4 4 0 01-4-4zM5 16a4 4 0 014-4h10',
} as const;

export function Icon({ name, size = 18 }: { name: keyof typeof paths; size?: number }) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={paths[name]} />
    </svg>
  );
}
