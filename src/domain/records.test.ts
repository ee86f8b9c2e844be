import { describe, expect, it } from 'vitest';
import type { Edge } from './basis.ts';
import { orderId } from './ids.ts';
import type { RecordRun } from './profile.ts';
import { edgeOf, extendRun } from './records.ts';

interface Said {
  readonly value: 0 | 1;
  readonly live?: boolean;
}

describe('how a record stands to its series (rules §4, §10)', () => {
  it.each<[string, readonly Said[], readonly Edge[]]>([
    ['a first 1', [{ value: 1 }], ['first']],
    ['a first 0 is nothing', [{ value: 0 }], ['nothing']],
    ['0 then 1', [{ value: 0 }, { value: 1 }], ['nothing', 'edge']],
    ['1 then 0 then 1', [{ value: 1 }, { value: 0 }, { value: 1 }], ['first', 'edge', 'edge']],
    ['repeats', [{ value: 1 }, { value: 1 }, { value: 1 }], ['first', 'repeat', 'repeat']],
    [
      'history is never the first',
      [
        { value: 1, live: false },
        { value: 1, live: false },
      ],
      ['nothing', 'nothing'],
    ],
    ['a live 1 after history', [{ value: 1, live: false }, { value: 1 }], ['nothing', 'first']],
    ['a live 1 after a historic 0', [{ value: 0, live: false }, { value: 1 }], ['nothing', 'edge']],
    [
      'a historic edge before anything live',
      [
        { value: 0, live: false },
        { value: 1, live: false },
      ],
      ['nothing', 'nothing'],
    ],
    ['a historic edge after a live one', [{ value: 1 }, { value: 0, live: false }], ['first', 'edge']],
    ['a live 0 after history is no edge', [{ value: 1, live: false }, { value: 0 }], ['nothing', 'nothing']],
  ])('%s', (_, said, expected) => {
    let run: RecordRun | undefined;
    const edges = said.map(({ value, live = true }, at) => {
      const edge = edgeOf(run, value, live);
      run = extendRun(run, value, at, live, null);
      return edge;
    });
    expect(edges).toEqual(expected);
  });

  it('a run rests on an order as long as all of it does', () => {
    const first = extendRun(undefined, 1, 1, true, orderId(7));
    expect(first).toEqual([1, 1, 1, 1, 7]);
    expect(extendRun(first, 1, 2, true, orderId(7))).toEqual([1, 1, 2, 1, 7]);
    expect(extendRun(first, 1, 2, true, orderId(8))).toEqual([1, 1, 2, 1, null]);
    expect(extendRun(first, 1, 2, true, null)).toEqual([1, 1, 2, 1, null]);
  });
});
