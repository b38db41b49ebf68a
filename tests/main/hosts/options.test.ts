import { describe, expect, it } from 'vitest';
import { attackOptionsOf } from '../../../src/main/hosts/cli/attack-options.ts';
import { parseCount, parseSize } from '../../../src/main/hosts/cli/options.ts';
import { formatTable } from '../../../src/main/hosts/cli/table.ts';
import { resolveFrom, userFolder } from '../../../src/main/hosts/cli/where.ts';

describe('parseSize', () => {
  const parse = parseSize('--eps');
  it.each([
    ['4/255', 4 / 255],
    ['0.5/255', 0.5 / 255],
    ['0.0157', 0.0157],
    ['1e-3', 0.001],
    ['0', 0],
  ])('%s', (text, value) => expect(parse(text)).toBeCloseTo(value, 15));
  it.each(['', '-1/255', '1/0', 'x', '1/2/3'])('refuses "%s"', (text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});

describe('parseCount', () => {
  it('takes whole numbers only', () => {
    expect(parseCount('--shots')('16')).toBe(16);
    for (const text of ['0', '1.5', '-2', '1e3', '', 'many', '99999999999']) {
      expect(() => parseCount('--shots')(text)).toThrow(/--shots/);
    }
    expect(parseCount('--steps', 0)('0')).toBe(0);
  });
});

describe('attackOptionsOf', () => {
  it('refuses settings of an attack where there is none', () => {
    expect(() => attackOptionsOf({ attack: 'none', steps: 3 })).toThrow(/takes no/);
    expect(attackOptionsOf({ attack: 'none', subset: 10 })).toMatchObject({
      name: 'none',
      subset: 10,
    });
  });
  it('reads "all" as no subset', () => {
    expect(attackOptionsOf({ subset: 'all' })).toMatchObject({ name: 'pgd', subset: null });
    expect(attackOptionsOf({})).toMatchObject({ subset: undefined });
  });
});

describe('userFolder', () => {
  it('is where the person stood only under a script of ours', () => {
    const INIT_CWD = '/home/me';
    expect(userFolder({ npm_lifecycle_event: 'fapt', INIT_CWD }, '/app')).toBe('/home/me');
    expect(userFolder({ npm_lifecycle_event: 'demo', INIT_CWD }, '/app')).toBe('/home/me');
    expect(userFolder({ npm_lifecycle_event: 'test', INIT_CWD }, '/app')).toBe('/app');
    expect(userFolder({ INIT_CWD }, '/app')).toBe('/app');
    expect(resolveFrom('/home/me', 'a/b')).toBe('/home/me/a/b');
    expect(resolveFrom('/home/me', '/x')).toBe('/x');
  });
});

describe('formatTable', () => {
  it('lines columns up', () => {
    const table = formatTable(
      ['name', 'n'],
      [
        ['a', '10'],
        ['long one', '5'],
      ],
      [1],
    );
    expect(table).toBe('name       n\n--------  --\na         10\nlong one   5');
  });
});
