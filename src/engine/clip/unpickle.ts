import { FaptError } from '../../shared/errors.ts';
import {
  type Inert,
  isInert,
  type PickleGlobal,
  rebuild,
  resolveGlobal,
} from './pickle-globals.ts';

/** Beyond any state of a model with its optimizer: a pickle of this length or work is an attack. */
export const LONGEST_PICKLE = 64 * 2 ** 20;
const MOST_OPERATIONS = 4_000_000;

/** A pickle, and where in its file it begins, for messages. */
export type PickleSource = { bytes: Buffer; label: string; position: number };

export type Unpickled = { value: unknown /** Length of the pickle in bytes. */; length: number };

const MARK = Symbol('mark');

/**
 * Reads one pickle as data. Python's own reader calls whatever functions a pickle names; this one
 * knows the few names that tensors are made of and calls nothing: a dictionary becomes a Map, lists
 * and tuples become arrays, and any other name, or opcode, refuses the file.
 *
 * @param persistent what stands behind a persistent id (PyTorch: a storage)
 * @throws FaptError `pickle-refused` for a name or opcode that is not admitted, `weights-damaged`
 */
export function unpickle(source: PickleSource, persistent: (id: unknown) => unknown): Unpickled {
  const machine = new PickleMachine(source, persistent);
  return { value: machine.run(), length: machine.position };
}

type Operation = (machine: PickleMachine) => void;

class PickleMachine {
  position = 0;
  readonly stack: unknown[] = [];
  readonly memo = new Map<number, unknown>();
  readonly persistent: (id: unknown) => unknown;
  readonly #source: PickleSource;

  constructor(source: PickleSource, persistent: (id: unknown) => unknown) {
    this.#source = source;
    this.persistent = persistent;
  }

  run(): unknown {
    for (let count = 0; count < MOST_OPERATIONS; count += 1) {
      const at = this.position;
      const opcode = this.take(1)[0] as number;
      if (opcode === STOP) return this.pop();
      const operation = OPERATIONS[opcode];
      if (!operation) {
        throw this.refused(
          `it uses the instruction 0x${opcode.toString(16)} at byte ${this.at(at)}`,
        );
      }
      operation(this);
    }
    throw this.refused(`it has more than ${MOST_OPERATIONS} instructions`);
  }

  /** The next bytes. */
  take(length: number): Buffer {
    const { bytes } = this.#source;
    const end = this.position + length;
    if (end > bytes.length) throw this.damaged('it ends in the middle of its table of tensors');
    this.position = end;
    return bytes.subarray(end - length, end);
  }

  /** A text line up to its line feed. */
  line(): string {
    const end = this.#source.bytes.indexOf(10, this.position);
    if (end < 0) throw this.damaged('it ends in the middle of its table of tensors');
    const text = this.take(end - this.position).toString('utf8');
    this.take(1);
    return text;
  }

  push(value: unknown): void {
    this.stack.push(value);
  }

  pop(): unknown {
    if (this.stack.length === 0) throw this.damaged('its table of tensors makes no sense');
    const value = this.stack.pop();
    if (value === MARK) throw this.damaged('its table of tensors makes no sense');
    return value;
  }

  /** Everything above the last mark, which goes too. */
  popToMark(): unknown[] {
    const mark = this.stack.lastIndexOf(MARK);
    if (mark < 0) throw this.damaged('its table of tensors makes no sense');
    const values = this.stack.splice(mark);
    values.shift();
    return values;
  }

  get top(): unknown {
    if (this.stack.length === 0) throw this.damaged('its table of tensors makes no sense');
    return this.stack.at(-1);
  }

  recall(index: number): void {
    if (!this.memo.has(index)) throw this.damaged('its table of tensors points to nothing');
    this.push(this.memo.get(index));
  }

  global(module: string, name: string): void {
    const found = resolveGlobal(module, name);
    if (!found) throw this.refused(`it asks to run ${module}.${name}`);
    this.push(found);
  }

  /** What a call of a known name gives; nothing is called. */
  call(target: unknown, args: unknown): void {
    if (!Array.isArray(args)) throw this.damaged('its table of tensors makes no sense');
    const value = rebuild(target as PickleGlobal, args);
    if (value === undefined)
      throw this.damaged('one of its tensors is described in a way that makes no sense');
    this.push(value);
  }

  append(values: unknown[]): void {
    const { top } = this;
    if (Array.isArray(top)) for (const value of values) top.push(value);
    else if (!isInert(top)) throw this.damaged('its table of tensors makes no sense');
  }

  setItems(pairs: unknown[]): void {
    const { top } = this;
    if (isInert(top)) return;
    if (!(top instanceof Map) || pairs.length % 2 !== 0) {
      throw this.damaged('its table of tensors makes no sense');
    }
    for (let i = 0; i < pairs.length; i += 2) top.set(pairs[i], pairs[i + 1]);
  }

  /** The attributes of an object: kept for a module of TorchScript, without meaning elsewhere. */
  build(state: unknown): void {
    const { top } = this;
    if (isInert(top)) (top as Inert).state = state;
    else if (!(top instanceof Map)) throw this.damaged('its table of tensors makes no sense');
  }

  /** A byte's place in the file. */
  at(position: number): number {
    return this.#source.position + position;
  }

  damaged(why: string): FaptError {
    return new FaptError(
      'weights-damaged',
      `${this.#source.label} is not a complete PyTorch file at byte ${this.at(this.position)}: ${why}. Fetch the file again.`,
    );
  }

  refused(why: string): FaptError {
    return new FaptError(
      'pickle-refused',
      `${this.#source.label} is refused because it holds more than tensors (${why}): load it in PyTorch only if you trust it, and save its state_dict as safetensors.`,
    );
  }
}

const STOP = 0x2e;
const signed = (bytes: Buffer) => (bytes.length === 0 ? 0 : bytes.readIntLE(0, bytes.length));

/** LONG1 beyond 6 bytes: numbers this large are the format's magic only. */
function longOf(bytes: Buffer): number | bigint {
  if (bytes.length <= 6) return signed(bytes);
  const hex = Buffer.from(bytes).reverse().toString('hex');
  return BigInt.asIntN(8 * bytes.length, BigInt(`0x${hex}`));
}

/** Opcodes by their byte (Python's pickletools documents them); the others are refused. */
const OPERATIONS: Record<number, Operation> = {
  128: (m) => void m.take(1), // PROTO
  149: (m) => void m.take(8), // FRAME
  40: (m) => m.push(MARK),
  48: (m) => void m.pop(), // POP
  78: (m) => m.push(null),
  136: (m) => m.push(true),
  137: (m) => m.push(false),
  74: (m) => m.push(m.take(4).readInt32LE()), // BININT
  75: (m) => m.push(m.take(1)[0]), // BININT1
  77: (m) => m.push(m.take(2).readUInt16LE()), // BININT2
  138: (m) => m.push(longOf(m.take(m.take(1)[0] as number))), // LONG1
  71: (m) => m.push(m.take(8).readDoubleBE()), // BINFLOAT
  88: (m) => m.push(m.take(m.take(4).readUInt32LE()).toString('utf8')), // BINUNICODE
  140: (m) => m.push(m.take(m.take(1)[0] as number).toString('utf8')), // SHORT_BINUNICODE
  84: (m) => m.push(m.take(m.take(4).readUInt32LE()).toString('latin1')), // BINSTRING
  85: (m) => m.push(m.take(m.take(1)[0] as number).toString('latin1')), // SHORT_BINSTRING
  66: (m) => m.push(m.take(m.take(4).readUInt32LE())), // BINBYTES
  67: (m) => m.push(m.take(m.take(1)[0] as number)), // SHORT_BINBYTES
  93: (m) => m.push([]),
  41: (m) => m.push([]), // EMPTY_TUPLE
  125: (m) => m.push(new Map()),
  143: (m) => m.push([]), // EMPTY_SET
  108: (m) => m.push(m.popToMark()), // LIST
  116: (m) => m.push(m.popToMark()), // TUPLE
  133: (m) => m.push([m.pop()]), // TUPLE1
  134: (m) => m.push([m.pop(), m.pop()].reverse()), // TUPLE2
  135: (m) => m.push([m.pop(), m.pop(), m.pop()].reverse()), // TUPLE3
  97: (m) => m.append([m.pop()]), // APPEND
  101: (m) => m.append(m.popToMark()), // APPENDS
  144: (m) => m.append(m.popToMark()), // ADDITEMS
  115: (m) => m.setItems([m.pop(), m.pop()].reverse()), // SETITEM
  117: (m) => m.setItems(m.popToMark()), // SETITEMS
  113: (m) => void m.memo.set(m.take(1)[0] as number, m.top), // BINPUT
  114: (m) => void m.memo.set(m.take(4).readUInt32LE(), m.top), // LONG_BINPUT
  148: (m) => void m.memo.set(m.memo.size, m.top), // MEMOIZE
  104: (m) => m.recall(m.take(1)[0] as number), // BINGET
  106: (m) => m.recall(m.take(4).readUInt32LE()), // LONG_BINGET
  99: (m) => m.global(m.line(), m.line()), // GLOBAL
  147: (m) => {
    const name = m.pop();
    m.global(String(m.pop()), String(name)); // STACK_GLOBAL
  },
  81: (m) => m.push(m.persistent(m.pop())), // BINPERSID
  82: (m) => {
    const args = m.pop();
    m.call(m.pop(), args); // REDUCE
  },
  129: (m) => {
    const args = m.pop();
    m.call(m.pop(), args); // NEWOBJ
  },
  98: (m) => m.build(m.pop()), // BUILD
};
