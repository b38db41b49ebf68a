import { join } from 'node:path';
import type { Heads } from '../../../src/engine/clip/load-clip.ts';

/** Files made by PyTorch (make_fixtures.py beside them). */
export const WEIGHTS = join(import.meta.dirname, '../../fixtures/weights');

/** Of the small CLIP there, whose width 16 does not tell them. */
export const SMALL_HEADS: Heads = { image: 2, text: 2 };
