import { describe, expect, it } from 'vitest';
import {
  ALL_RUNS,
  cleanFilter,
  filterCount,
  textToView,
  viewToText,
} from '../../../src/renderer/runs/view-state.ts';

describe('the view in the address', () => {
  it('comes back as it was', () => {
    const view = {
      filter: { methods: ['fap' as const], starred: true, seeds: [1, 2] },
      sort: { by: 'robust' as const, descending: false },
      grouped: true,
    };
    expect(textToView(viewToText(view))).toEqual(view);
  });

  it('is left out where it shows every run', () => {
    expect(viewToText(ALL_RUNS)).toBeUndefined();
    expect(viewToText({ ...ALL_RUNS, filter: { text: '', tags: [] } })).toBeUndefined();
  });

  it('is every run where the address cannot be read', () => {
    for (const text of [undefined, '{', '{"filter":{"methods":["no-such"]}}', ['a']]) {
      expect(textToView(text)).toEqual(ALL_RUNS);
    }
  });

  it('drops the empty parts of a filter, which would match nothing', () => {
    const filter = { methods: [], text: '', starred: false, shots: [4] };
    expect(cleanFilter(filter)).toEqual({ shots: [4] });
    expect(filterCount(filter)).toBe(1);
  });
});
