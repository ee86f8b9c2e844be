import { useState } from 'react';

/** What the person chose, until the server's value catches up with it. */
export function useChoice<Value>(current: Value): [Value, (value: Value) => void, boolean] {
  const [chosen, choose] = useState<{ value: Value; over: Value } | null>(null);
  const stands = chosen !== null && chosen.over === current;
  const value = stands ? chosen.value : current;
  return [value, (next) => choose({ value: next, over: current }), value !== current];
}
