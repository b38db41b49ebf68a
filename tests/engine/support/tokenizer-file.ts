import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { END_ID, START_ID } from './golden.ts';

/** A tokenizer.json of the golden model's 96 tokens: letters, digits, a few signs and words. */
function tokenizerJson(): object {
  const characters = [...'abcdefghijklmnopqrstuvwxyz0123456789.{},'];
  const vocab = new Map<string, number>();
  const add = (token: string) => {
    if (!vocab.has(token)) vocab.set(token, vocab.size);
  };
  for (const character of characters) add(character);
  for (const character of characters) add(`${character}</w>`);
  const merges: string[] = [];
  const merge = (left: string, right: string) => {
    if (vocab.has(left + right)) return;
    merges.push(`${left} ${right}`);
    add(left + right);
  };
  // Two-letter words' worth of merges is all that fits: "of", "re", "ed".
  merge('o', 'f</w>');
  merge('{', '}</w>');
  while (vocab.size < START_ID) add(`<unused ${vocab.size}>`);
  vocab.set('<|startoftext|>', START_ID);
  vocab.set('<|endoftext|>', END_ID);
  const special = (id: number, content: string) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  });
  return {
    version: '1.0',
    added_tokens: [special(START_ID, '<|startoftext|>'), special(END_ID, '<|endoftext|>')],
    normalizer: { type: 'Lowercase' },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        {
          type: 'Split',
          pattern: { Regex: '[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+' },
          behavior: 'Removed',
          invert: true,
        },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
      ],
    },
    post_processor: {
      type: 'RobertaProcessing',
      sep: ['<|endoftext|>', END_ID],
      cls: ['<|startoftext|>', START_ID],
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
      vocab: Object.fromEntries(vocab),
      merges,
    },
  };
}

export async function writeTokenizer(folder: string): Promise<void> {
  await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(tokenizerJson()));
}
