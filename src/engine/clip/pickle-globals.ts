/** A place in a PyTorch file that holds the numbers of one or more tensors. */
export type Storage = { key: string; dtype: string; count: number };

/** A tensor as a PyTorch file describes it: a view of a storage, in elements. */
export type StoredView = {
  storage: Storage;
  offset: number;
  shape: number[];
  stride: number[];
};

/** An object that is neither tensor nor container; its class is a name, and only that. */
export type Inert = { inert: string; state?: unknown };

export type PickleGlobal =
  | { kind: 'dictionary' | 'tensor' | 'parameter' | 'list' }
  | { kind: 'storage'; dtype: string }
  | { kind: 'inert'; name: string };

/** Formats of PyTorch's storages, in safetensors' words. */
const STORAGES: Record<string, string> = {
  DoubleStorage: 'F64',
  FloatStorage: 'F32',
  HalfStorage: 'F16',
  BFloat16Storage: 'BF16',
  LongStorage: 'I64',
  IntStorage: 'I32',
  ShortStorage: 'I16',
  CharStorage: 'I8',
  ByteStorage: 'U8',
  BoolStorage: 'BOOL',
};

/** Names that tensors and the dictionaries around them are made of. */
const KNOWN: Record<
  string,
  PickleGlobal['kind'] & ('dictionary' | 'tensor' | 'parameter' | 'list')
> = {
  'collections OrderedDict': 'dictionary',
  'collections defaultdict': 'dictionary',
  'torch._utils _rebuild_tensor': 'tensor',
  'torch._utils _rebuild_tensor_v2': 'tensor',
  'torch._utils _rebuild_parameter': 'parameter',
  'torch._utils _rebuild_parameter_with_state': 'parameter',
  'torch Size': 'list',
  'torch.jit._pickle build_intlist': 'list',
  'torch.jit._pickle build_doublelist': 'list',
  'torch.jit._pickle build_boollist': 'list',
  'torch.jit._pickle build_tensorlist': 'list',
};

/**
 * What stands beside the tensors in published checkpoints: the modules of a TorchScript archive, the
 * optimizer and schedule of a training, the last result as a NumPy number, command line settings.
 * They become objects without behaviour.
 */
const INERT = [
  /^__torch__(\.| )/,
  /^torch\.optim(\.\w+)+ \w+$/,
  /^dassl\.optim(\.\w+)+ \w+$/,
  /^numpy(\._?core\.multiarray)? (scalar|dtype)$/,
  /^numpy\.dtypes \w+$/,
  /^_codecs encode$/,
  /^argparse Namespace$/,
  /^yacs\.config CfgNode$/,
  /^torch (device|float16|float32|float64|bfloat16|int64|int32|bool)$/,
  /^(builtins|__builtin__) (dict|list|set|tuple|int|float|str|bool)$/,
];

/** What a name in a pickle means here; null for one that is not admitted. */
export function resolveGlobal(module: string, name: string): PickleGlobal | null {
  const full = `${module} ${name}`;
  const kind = Object.hasOwn(KNOWN, full) ? KNOWN[full] : undefined;
  if (kind) return { kind };
  const isStorage = module === 'torch' || module === 'torch.cuda';
  if (isStorage && Object.hasOwn(STORAGES, name)) {
    return { kind: 'storage', dtype: STORAGES[name] as string };
  }
  return INERT.some((pattern) => pattern.test(full)) ? { kind: 'inert', name: full } : null;
}

/** What a call of a known name stands for; undefined where its arguments make no sense. */
export function rebuild(target: PickleGlobal, args: unknown[]): unknown {
  switch (target?.kind) {
    case 'dictionary':
      return dictionaryOf(args);
    case 'tensor':
      return viewOf(args);
    case 'parameter':
      return isView(args[0]) ? args[0] : undefined;
    case 'list':
      return Array.isArray(args[0]) ? args[0] : undefined;
    case 'inert':
      return { inert: target.name } satisfies Inert;
    default:
      return undefined;
  }
}

/** Python 2 wrote an ordered dictionary's pairs as its argument. */
function dictionaryOf(args: unknown[]): Map<unknown, unknown> | undefined {
  const pairs = args[0];
  if (!Array.isArray(pairs)) return new Map();
  if (!pairs.every((pair) => Array.isArray(pair) && pair.length === 2)) return undefined;
  return new Map(pairs as [unknown, unknown][]);
}

function viewOf([storage, offset, shape, stride]: unknown[]): StoredView | undefined {
  const isSizes = (list: unknown): list is number[] =>
    Array.isArray(list) && list.length <= 16 && list.every(isSize);
  if (!isStorage(storage) || !isSize(offset) || !isSizes(shape) || !isSizes(stride))
    return undefined;
  if (shape.length !== stride.length) return undefined;
  return { storage, offset, shape, stride };
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isStorage(value: unknown): value is Storage {
  return typeof value === 'object' && value !== null && 'key' in value && 'dtype' in value;
}

export function isView(value: unknown): value is StoredView {
  return typeof value === 'object' && value !== null && 'storage' in value;
}

export function isInert(value: unknown): value is Inert {
  return typeof value === 'object' && value !== null && 'inert' in value;
}

/** The storage that a persistent id names: ("storage", class, key, device, count, view). */
export function storageOf(id: unknown): Storage | null {
  if (!Array.isArray(id) || id[0] !== 'storage') return null;
  const [, type, key, , count, view] = id as [
    unknown,
    PickleGlobal,
    unknown,
    unknown,
    unknown,
    unknown,
  ];
  if (type?.kind !== 'storage' || typeof key !== 'string' || !isSize(count)) return null;
  // Before PyTorch 0.4, a storage could be a part of another one.
  return (view ?? null) === null ? { key, dtype: type.dtype, count } : null;
}
