import { describe, expect, test } from 'vitest';
import { storageOf } from '../../../src/engine/clip/pickle-globals.ts';
import { unpickle } from '../../../src/engine/clip/unpickle.ts';
import { FaptError } from '../../../src/shared/errors.ts';
import { pickle } from '../support/pickle-bytes.ts';

const read = (bytes: Buffer) =>
  unpickle({ bytes, label: 'x.pt', position: 1000 }, (id) => storageOf(id)).value;

function refusal(bytes: Buffer): FaptError {
  try {
    read(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(FaptError);
    return error as FaptError;
  }
  throw new Error('nothing was refused');
}

const ascii = (text: string) => Buffer.from(text, 'latin1');

describe('what tensors are made of', () => {
  test('numbers, words, lists, dictionaries and references', () => {
    // {'a': [1, -2, None, True], 'b': (300, 2.5)}, then the list again under 'c'.
    const bytes = pickle.of(
      ascii('}('),
      pickle.text('a'),
      ascii('](K\x01'),
      pickle.int(-2),
      ascii('N\x88e'),
      ascii('q\x07'),
      pickle.text('b'),
      ascii('M\x2c\x01G\x40\x04\0\0\0\0\0\0\x86'),
      pickle.text('c'),
      ascii('h\x07u'),
    );
    const list = [1, -2, null, true];
    expect(read(bytes)).toEqual(
      new Map<string, unknown>([
        ['a', list],
        ['b', [300, 2.5]],
        ['c', list],
      ]),
    );
  });

  test('a long number in the sign of Python', () => {
    expect(read(pickle.of(ascii('\x8a\x01\xff')))).toBe(-1);
    expect(read(pickle.of(ascii('\x8a\x00')))).toBe(0);
    expect(read(pickle.of(ascii('\x8a\x09\0\0\0\0\0\0\0\0\x80')))).toBe(-(2n ** 71n));
  });

  test('names of newer protocols', () => {
    const bytes = pickle.of(ascii('\x8c\x0bcollections\x94\x8c\x0bOrderedDict\x93)R'));
    expect(read(bytes)).toEqual(new Map());
  });

  test('an optimizer and a schedule are objects without behaviour', () => {
    const bytes = pickle.of(
      pickle.global('torch.optim.lr_scheduler', 'CosineAnnealingLR'),
      ascii(')\x81}b'),
    );
    expect(read(bytes)).toMatchObject({ inert: 'torch.optim.lr_scheduler CosineAnnealingLR' });
  });
});

describe('a name that is not admitted refuses the file and calls nothing', () => {
  test.each([
    ['os', 'system'],
    ['posix', 'system'],
    ['builtins', 'eval'],
    ['builtins', 'getattr'],
    ['__builtin__', 'exec'],
    ['subprocess', 'Popen'],
    ['torch.hub', 'load'],
    ['torch._utils', '_rebuild_tensor_v2.__globals__'],
    ['torch.optim..', 'os'],
    ['numpy', 'load'],
    ['constructor', 'constructor'],
    ['__proto__', 'toString'],
  ])('%s.%s', (module, name) => {
    const { code, message } = refusal(
      pickle.of(pickle.global(module, name), pickle.tuple(pickle.text('touch x')), ascii('R')),
    );
    expect(code).toBe('pickle-refused');
    expect(message).toContain(`${module}.${name}`);
    expect(message).toMatch(/^x\.pt is refused/);
  });

  test.each([
    ['INST', 'ios\nsystem\n'],
    ['OBJ', '(o'],
    ['EXT1', '\x82\x01'],
    ['PERSID', 'Pabc\n'],
    ['NEWOBJ_EX', ')))\x92'],
    ['BUFFER', '\x97'],
  ])('the instruction %s', (_, code) => {
    const { code: kind, message } = refusal(pickle.of(ascii(code)));
    expect(kind).toBe('pickle-refused');
    expect(message).toMatch(/instruction 0x[0-9a-f]+ at byte 10\d\d/);
  });
});

describe('nonsense is refused with the byte', () => {
  test.each([
    ['nothing', Buffer.alloc(0)],
    ['no end', pickle.of(ascii('N')).subarray(0, 3)],
    ['an empty stack', pickle.of(ascii('s'))],
    ['no mark', pickle.of(ascii('t'))],
    ['a reference to nothing', pickle.of(ascii('h\x05'))],
    ['text beyond the end', pickle.of(ascii('X\xff\xff\xff\x7f'))],
    ['items of a number', pickle.of(ascii('K\x01(K\x01K\x02u'))],
    ['a call of a number', pickle.of(ascii('K\x01)R'))],
    ['a mark at the end', pickle.of(ascii('('))],
    [
      'a tensor without a storage',
      pickle.of(pickle.global('torch._utils', '_rebuild_tensor_v2'), ascii('(K\x01t'), ascii('R')),
    ],
  ])('%s', (_, bytes) => {
    const { code, message } = refusal(bytes);
    expect(code).toBe('weights-damaged');
    expect(message).toMatch(/at byte 10\d\d/);
  });

  test('work without end is bounded', () => {
    // Millions of pushes and pops.
    const bytes = pickle.of(Buffer.alloc(9_000_000, ascii('N0')));
    expect(refusal(bytes)).toMatchObject({ code: 'pickle-refused' });
  });
});
