import { Badge, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { memo, useState } from 'react';
import type { TroubleList } from '#contract/verification.ts';
import { useFormat } from './format.ts';
import { Loading, PageError } from './page-state.tsx';
import { tone } from './pieces.tsx';
import { useText, useWord } from './text.ts';
import type { VerificationSource } from './verification-source.ts';

type Trouble = TroubleList['groups'][number];

/** What could not be used, by reason: the sentence a merchant understands, and the one a developer needs. */
export const Troubles = memo(function TroubleGroups({
  source,
  zone,
  onShow,
}: {
  source: VerificationSource;
  zone: string;
  onShow: (outcome: string, reason: string) => void;
}) {
  const say = useText();
  const troubles = useQuery({
    queryKey: [...source.key, 'troubles'],
    queryFn: source.troubles,
    refetchInterval: 10_000,
  });
  if (troubles.isPending) return <Loading />;
  if (troubles.isError) return <PageError error={troubles.error} onRetry={() => void troubles.refetch()} />;
  const { groups, received } = troubles.data;
  const wrong = groups.filter(({ outcome }) => outcome !== 'applied');
  const notes = groups.filter(({ outcome }) => outcome === 'applied');
  const list = (some: readonly Trouble[]) => (
    <ul className="troubles">
      {some.map((trouble) => (
        <TroubleLine key={`${trouble.outcome} ${trouble.reason}`} trouble={trouble} zone={zone} onShow={onShow} />
      ))}
    </ul>
  );
  return (
    <div data-testid="troubles">
      <Text size="sm" c="dimmed">
        {wrong.length === 0 ? say('trouble.none') : say('trouble.help', { count: received })}
      </Text>
      {list(wrong)}
      {notes.length === 0 ? null : (
        <details className="trouble-notes">
          <summary>{say('trouble.notes')}</summary>
          {list(notes)}
        </details>
      )}
    </div>
  );
});

function TroubleLine({
  trouble,
  zone,
  onShow,
}: {
  trouble: Trouble;
  zone: string;
  onShow: (outcome: string, reason: string) => void;
}) {
  const say = useText();
  const word = useWord();
  const format = useFormat(zone);
  const { outcome, reason, count, lastAt } = trouble;
  const [open, setOpen] = useState(false);
  const sentence = word('reason', reason);
  const fix = word('fix', reason);
  return (
    <li className="trouble" data-testid="trouble" data-reason={reason} data-outcome={outcome}>
      <div className="trouble-line">
        <span className="trouble-count" title={say('trouble.countHelp')}>
          {format.number(count)}
        </span>
        <div className="grow">
          <button
            type="button"
            className="link-button trouble-text"
            onClick={() => onShow(outcome, reason)}
            aria-label={say('trouble.show', { reason: sentence })}
            data-testid="trouble-show"
          >
            {sentence}
          </button>
          <details onToggle={(event) => setOpen(event.currentTarget.open)}>
            <summary>
              <Badge {...tone(outcome === 'applied' ? 'gray' : 'orange')} tt="none" size="sm">
                {word('outcome', outcome)}
              </Badge>{' '}
              {say('trouble.last', { date: format.dateTime(lastAt) })} · {say('trouble.developer')}
            </summary>
            {open ? (
              <p className="trouble-text" data-testid="trouble-fix">
                <code>{reason}</code> {fix === reason ? null : fix}
              </p>
            ) : null}
          </details>
        </div>
      </div>
    </li>
  );
}
