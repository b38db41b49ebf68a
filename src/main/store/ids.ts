import { randomBytes } from 'node:crypto';

const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';

/** A new short id, easy to read out and safe as a folder's name: 8 of 31 characters. */
export function newId(): string {
  let id = '';
  while (id.length < 8) {
    const byte = randomBytes(1)[0] as number;
    // Bytes past the last whole multiple of 31 would favour the first letters.
    if (byte < 248) id += ALPHABET[byte % ALPHABET.length];
  }
  return id;
}
