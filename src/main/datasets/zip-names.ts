import { isUtf8 } from 'node:buffer';
import { type Entry, getFileNameLowLevel } from 'yauzl';
import { FaptError } from '../../shared/errors.ts';

const UTF8_FLAG = 0x800;
/** Info-ZIP's extra field, which has the name in UTF-8 as well. */
const UNICODE_PATH = 0x7075;
const LINK_MODE = 0o120000;
const TYPE_MASK = 0o170000;

/**
 * The name of an entry with `/` between its parts, and whether its letters are a guess. The Finder and
 * others write UTF-8 without saying so; what is no UTF-8 is read as code page 437, as the format has it,
 * and may have been any other. Names may be written on Windows; a name that leads anywhere but below the
 * target, and a link, are refused. Throws `zip-unsafe`.
 */
export function safeName(file: string, entry: Entry): { name: string; isGuess: boolean } {
  const { generalPurposeBitFlag, fileNameRaw, extraFields } = entry;
  const isTold = (generalPurposeBitFlag & UTF8_FLAG) !== 0 || isUtf8(fileNameRaw);
  const flags = generalPurposeBitFlag | (isTold ? UTF8_FLAG : 0);
  const raw = getFileNameLowLevel(flags, fileNameRaw, extraFields, false);
  const name = raw.replaceAll('\\', '/');
  const parts = name.split('/');
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name))
    throw notUnpacked(file, name, 'is an absolute path');
  if (parts.includes('..') || name.includes('\0'))
    throw notUnpacked(file, name, 'leads out of its folder');
  const mode = (entry.externalFileAttributes >>> 16) & TYPE_MASK;
  if (mode === LINK_MODE) throw notUnpacked(file, name, 'is a link');
  const clean = parts
    .filter((part, at) => at === parts.length - 1 || (part !== '' && part !== '.'))
    .join('/');
  const hasUnicodeField = extraFields.some(({ id }) => id === UNICODE_PATH);
  return { name: clean, isGuess: !isTold && !hasUnicodeField };
}

/** The refusal of a whole archive for one of its entries. */
export function notUnpacked(file: string, name: string, what: string): FaptError {
  return new FaptError('zip-unsafe', `${file} was not unpacked: "${name}" in it ${what}.`);
}
