import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { SettledAnswer } from '#contract/profile.ts';
import type { SettingsBody } from '#contract/tracker.ts';
import { api } from './api.ts';
import { errorText } from './page-state.tsx';
import { useText, useWord } from './text.ts';

/** Sends a change of settings, says what became of it, and shows the page anew. */
export function useChangeSettings(shop: number) {
  return useSettled(shop, (body: SettingsBody) => api.changeSettings(shop, body));
}

/** Sends what becomes a fact, says what became of it, and shows the shop's pages anew. */
export function useSettled<Body>(shop: number, send: (body: Body) => Promise<SettledAnswer>) {
  const queries = useQueryClient();
  const say = useText();
  const word = useWord();
  return useMutation({
    mutationFn: send,
    onSuccess: (answer) => {
      notifications.show(noticeOf(answer));
      return queries.invalidateQueries({ queryKey: ['shop', shop] });
    },
    onError: (error) => notifications.show({ color: 'red', message: errorText(say, error) }),
  });

  function noticeOf(answer: SettledAnswer): { color: string; message: string } {
    if (answer.pending) return { color: 'yellow', message: say('common.savedLater') };
    if (answer.outcome === 'applied') return { color: 'teal', message: say('common.saved') };
    if (answer.outcome === 'unchanged') return { color: 'gray', message: say('common.savedUnchanged') };
    return { color: 'red', message: answer.reasons.map((reason) => word('reason', reason)).join(' ') };
  }
}
