import { useEffect, useState } from 'react';
import type { TrackerSection } from '#contract/guide.ts';
import type { MessageKey } from '#contract/messages/fr.ts';
import { useText } from './text.ts';

export interface Chapter {
  readonly id: TrackerSection;
  readonly title: MessageKey;
}

/** The contents beside a long page: where one is stands out; on a phone it folds up at the top. */
export function TrackerContents({ chapters }: { chapters: readonly Chapter[] }) {
  const say = useText();
  const current = useCurrent(chapters);
  const [folded, setFolded] = useState(true);
  const list = (
    <ol className="contents-list">
      {chapters.map(({ id, title }) => (
        <li key={id}>
          <a href={`#${id}`} aria-current={current === id ? 'location' : undefined} onClick={() => setFolded(true)}>
            {say(title)}
          </a>
        </li>
      ))}
    </ol>
  );
  return (
    <nav className="contents" aria-label={say('tracker.contents')} data-testid="tracker-contents">
      <p className="contents-title">{say('tracker.contents')}</p>
      <button
        type="button"
        className="contents-fold"
        aria-expanded={!folded}
        onClick={() => setFolded(!folded)}
        data-testid="tracker-contents-fold"
      >
        {say('tracker.contents')}
      </button>
      <div className="contents-body" data-folded={folded || undefined}>
        {list}
      </div>
    </nav>
  );
}

/** The last chapter whose top went by. */
function useCurrent(chapters: readonly Chapter[]): string | null {
  const [current, setCurrent] = useState<string | null>(chapters[0]?.id ?? null);
  useEffect(() => {
    let asked = 0;
    const look = () => {
      asked = 0;
      let last: string | null = chapters[0]?.id ?? null;
      for (const { id } of chapters) {
        const top = document.getElementById(id)?.getBoundingClientRect().top ?? Number.POSITIVE_INFINITY;
        if (top < 140) last = id;
      }
      setCurrent(last);
    };
    const ask = () => {
      asked ||= requestAnimationFrame(look);
    };
    window.addEventListener('scroll', ask, { passive: true });
    return () => {
      window.removeEventListener('scroll', ask);
      cancelAnimationFrame(asked);
    };
  }, [chapters]);
  return current;
}
