import { notifications } from '@mantine/notifications';
import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query';
import { problemText } from './page-state.tsx';
import { useText } from './text.ts';

/** A change that tells how it went, and has what it touched asked again. */
export function useAct<Input, Answer>(
  run: (input: Input) => Promise<Answer>,
  {
    told,
    touches,
    onDone,
  }: {
    /** What is said when it is done; null: nothing. */
    readonly told?: (input: Input) => string | null;
    readonly touches?: QueryKey;
    readonly onDone?: (answer: Answer, input: Input) => void;
  },
) {
  const say = useText();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: run,
    onSuccess: (answer, input) => {
      const message = told?.(input) ?? null;
      if (message !== null) notifications.show({ color: 'teal', message });
      onDone?.(answer, input);
      return touches === undefined ? undefined : queries.invalidateQueries({ queryKey: touches });
    },
    onError: (error) => notifications.show({ color: 'red', message: problemText(say, error) }),
  });
}
