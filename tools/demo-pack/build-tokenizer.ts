/**
 * Learns the small CLIP's tokenizer from the concept names and the caption templates: CLIP's own
 * scheme (lower case, byte-level BPE, `</w>`), a vocabulary of about 2,000.
 *
 *   node tools/demo-pack/build-tokenizer.ts [--out resources/demo/model/tokenizer.json]
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { byteCharacters, countWords, END_OF_WORD, learnMerges, WORD_PATTERN } from './bpe.ts';
import { loadConcepts } from './concepts.ts';
import { CAPTION_TEMPLATES, captionOf } from './templates.ts';

const START = '<|startoftext|>';
const END = '<|endoftext|>';
const MOST_MERGES = 1500;

/** Ids in CLIP's order: bytes, bytes that end a word, merges, start, end. */
function vocabularyOf(merges: readonly string[]): Record<string, number> {
  const bytes = byteCharacters();
  const endings = bytes.map((character) => character + END_OF_WORD);
  const symbols = [
    ...bytes,
    ...endings,
    ...merges.map((pair) => pair.replace(' ', '')),
    START,
    END,
  ];
  const vocabulary = Object.fromEntries(symbols.map((symbol, id) => [symbol, id]));
  if (Object.keys(vocabulary).length !== symbols.length)
    throw new Error('Two merges make one symbol.');
  return vocabulary;
}

const special = (content: string, id: number): object => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
});

/** A Hugging Face `tokenizer.json`, its parts as in CLIP's. */
function tokenizerOf(merges: readonly string[]): object {
  const vocab = vocabularyOf(merges);
  const [start, end] = [vocab[START] as number, vocab[END] as number];
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [special(START, start), special(END, end)],
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'NFC' },
        { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' },
        { type: 'Lowercase' },
      ],
    },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        {
          type: 'Split',
          pattern: { Regex: WORD_PATTERN },
          behavior: 'Removed',
          invert: true,
        },
        {
          type: 'ByteLevel',
          add_prefix_space: false,
          trim_offsets: true,
          use_regex: false,
        },
      ],
    },
    post_processor: {
      type: 'RobertaProcessing',
      sep: [END, end],
      cls: [START, start],
      trim_offsets: false,
      add_prefix_space: false,
    },
    decoder: {
      type: 'ByteLevel',
      add_prefix_space: true,
      trim_offsets: true,
      use_regex: true,
    },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: END,
      continuing_subword_prefix: '',
      end_of_word_suffix: END_OF_WORD,
      fuse_unk: false,
      byte_fallback: false,
      vocab,
      merges,
    },
  };
}

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: 'resources/demo/model/tokenizer.json' },
  },
});
const names = loadConcepts().map(({ name }) => name);
const texts = [...names, ...names, ...CAPTION_TEMPLATES.map((template) => captionOf(template, ''))];
const merges = learnMerges(countWords(texts), MOST_MERGES);
mkdirSync(dirname(values.out), { recursive: true });
writeFileSync(`${values.out}.part`, `${JSON.stringify(tokenizerOf(merges), null, 1)}\n`);
renameSync(`${values.out}.part`, values.out);
console.log(`${merges.length} merges, vocabulary ${512 + merges.length + 2}, in ${values.out}`);
