import { describe, expect, it } from 'vitest';
import {
  type CompareState,
  EMPTY_STATE,
  queryToState,
  stateToQuery,
} from '../../../src/renderer/compare/compare-state.ts';

const STATE: CompareState = {
  a: ['run1', 'run2'],
  b: ['run3'],
  tab: 'images',
  image: 'cat/a b.png',
  attacked: false,
  attack: 'pgd-20',
  seed: 3,
  cell: null,
  label: 0,
  predicted: { side: 'b', label: 12 },
  methods: ['fap', 'cba-fapt'],
  scope: { model: 'ViT-B/32: mine', shots: 16 },
};

/** An address as the router reads it back: values are text, what is undefined is gone. */
function asRead(query: ReturnType<typeof stateToQuery>) {
  const present = Object.entries(query).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present.map(([key, value]) => [key, String(value)]));
}

describe('the address of a comparison', () => {
  it('gives back all that the screen shows', () => {
    expect(queryToState(asRead(stateToQuery(STATE)))).toEqual(STATE);
    expect(queryToState(asRead(stateToQuery(EMPTY_STATE)))).toEqual(EMPTY_STATE);
  });

  it('says only what differs from the beginning', () => {
    expect(asRead(stateToQuery({ ...EMPTY_STATE, a: ['x'], b: ['y'] }))).toEqual({
      a: 'x',
      b: 'y',
    });
  });

  it('is read as the beginning where it says nothing that is known', () => {
    const query = { a: ',,x,x', tab: 'magic', label: '-1', predicted: 'c:2', cell: ['both'] };
    expect(queryToState(query)).toEqual({ ...EMPTY_STATE, a: ['x'] });
  });
});
