import { basename } from 'node:path';
import { BYTES_OF } from './number-formats.ts';
import { isInert, isView, type Storage, type StoredView } from './pickle-globals.ts';
import { damaged, type TensorEntry } from './tensor-file.ts';

/** A tensor of a PyTorch file. */
export type TorchEntry = TensorEntry & StoredView;

export type TorchTensors = { entries: Map<string, TorchEntry>; metadata: Record<string, string> };

const KIND = 'PyTorch';
const DEEPEST = 64;

/**
 * Every tensor of an unpickled object, named by the way to it: "state_dict.visual.proj". Numbers and
 * words of the object itself ("epoch") become its metadata.
 *
 * @throws FaptError `weights-damaged` where a tensor reaches beyond its storage
 */
export function torchTensors(root: unknown, path: string): TorchTensors {
  const found: TorchTensors = { entries: new Map(), metadata: {} };
  // A container is looked into once: references in a circle, or many to one, end here.
  const seen = new Set<unknown>();
  const visit = (value: unknown, name: string, depth: number): void => {
    if (isView(value)) {
      found.entries.set(name, entryOf(value, name, path));
      return;
    }
    const children = childrenOf(value);
    if (children === null) {
      if (depth === 1 && isPlain(value)) found.metadata[name] = String(value).slice(0, 200);
      return;
    }
    if (seen.has(value) || depth > DEEPEST) return;
    seen.add(value);
    for (const [key, child] of children) {
      visit(child, name === '' ? String(key) : `${name}.${String(key)}`, depth + 1);
    }
  };
  visit(root, '', 0);
  return found;
}

const isPlain = (value: unknown) => ['number', 'string', 'boolean'].includes(typeof value);

function childrenOf(value: unknown): Iterable<[unknown, unknown]> | null {
  if (value instanceof Map) return value;
  if (Array.isArray(value)) return value.entries();
  return isInert(value) && value.state instanceof Map ? value.state : null;
}

function entryOf(view: StoredView, name: string, path: string): TorchEntry {
  const { storage, offset, shape } = view;
  const count = shape.reduce((a, b) => a * b, 1);
  if (count > storage.count || offset + extent(view) > storage.count) {
    const why = `"${name}" [${shape}] reaches beyond the ${storage.count} numbers stored for it`;
    throw damaged(basename(path), why, { kind: KIND });
  }
  return { ...view, dtype: storage.dtype };
}

/** Elements from the first to the last one of a view, both included. */
function extent({ shape, stride }: StoredView): number {
  if (shape.includes(0)) return 0;
  return shape.reduce((sum, n, axis) => sum + (n - 1) * (stride[axis] as number), 1);
}

/** Bytes of a storage that a view needs. */
export function spanOf(view: StoredView): { begin: number; length: number } {
  const width = widthOf(view.storage);
  return { begin: view.offset * width, length: extent(view) * width };
}

export function widthOf({ dtype }: Storage): number {
  return BYTES_OF[dtype] as number;
}

/** The elements of a view in row-major order, from the bytes of its span. */
export function inOrder(span: Uint8Array<ArrayBuffer>, view: StoredView): Uint8Array<ArrayBuffer> {
  const { shape, stride } = view;
  const width = widthOf(view.storage);
  if (isRowMajor(view)) return span;
  const count = shape.reduce((a, b) => a * b, 1);
  const ordered = new Uint8Array(count * width);
  const index = shape.map(() => 0);
  for (let to = 0, from = 0; to < count; to += 1) {
    ordered.set(span.subarray(from * width, (from + 1) * width), to * width);
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      const next = (index[axis] as number) + 1;
      from += stride[axis] as number;
      if (next < (shape[axis] as number)) {
        index[axis] = next;
        break;
      }
      from -= next * (stride[axis] as number);
      index[axis] = 0;
    }
  }
  return ordered;
}

function isRowMajor({ shape, stride }: StoredView): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    if (shape[axis] !== 1 && stride[axis] !== expected) return false;
    expected *= shape[axis] as number;
  }
  return true;
}
