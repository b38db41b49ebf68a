import { FaptError } from '../../shared/errors.ts';
import type { Heads } from './load-clip.ts';
import type { TensorSource } from './tensor-source.ts';
import type { ClipShape } from './weights.ts';

/**
 * Reads every size from the tensors' own shapes; head counts from the config, else width / 64.
 *
 * @throws FaptError where a tensor is missing, or where nothing tells the number of heads
 */
export function readShape(
  source: TensorSource,
  config: Record<string, unknown> | null,
  heads?: Heads,
): ClipShape {
  const size = (name: string, axis: number) => {
    const value = source.shape(name)?.[axis];
    if (value !== undefined) return value;
    const missing = source.stored(name).find(({ shape }) => !shape)?.name ?? name;
    throw new FaptError(
      'tensor-missing',
      `${source.label} lacks the tensor "${missing}": the file is incomplete or not a CLIP vision transformer.`,
    );
  };
  const patchSize = size('visual.conv1.weight', 2);
  const grid = Math.sqrt(size('visual.positional_embedding', 0) - 1);
  if (!Number.isInteger(grid)) {
    throw new FaptError(
      'tensor-shape',
      `${source.label}: the image positions do not form a square grid with a class token.`,
    );
  }
  const imageWidth = size('visual.conv1.weight', 0);
  const textWidth = size('token_embedding.weight', 1);
  const { vision, text } = configSections(config, source.label);
  const own = headsOf(source.metadata);
  // A config beside OpenAI's file may be another model's: it counts only where the width is silent.
  const given = (width: number, count: number | undefined) =>
    source.layout === 'openai' && width % 64 === 0 ? undefined : count;
  return {
    imageSize: grid * patchSize,
    patchSize,
    imageWidth,
    imageHeads: headCount(
      source.label,
      'image',
      imageWidth,
      heads?.image ?? own?.image ?? given(imageWidth, vision),
    ),
    imageBlocks: source.blocks('image'),
    textWidth,
    textHeads: headCount(
      source.label,
      'text',
      textWidth,
      heads?.text ?? own?.text ?? given(textWidth, text),
    ),
    textBlocks: source.blocks('text'),
    vocabularySize: size('token_embedding.weight', 0),
    contextLength: size('positional_embedding', 0),
    embeddingWidth: size('visual.proj', 1),
  };
}

/** Numbers of heads, as files that this program writes carry them. */
export function headsAsMetadata({ imageHeads, textHeads }: ClipShape): Record<string, string> {
  return { format: 'pt', image_heads: `${imageHeads}`, text_heads: `${textHeads}` };
}

function headsOf(metadata: Record<string, string>): Heads | null {
  const [image, text] = [Number(metadata.image_heads), Number(metadata.text_heads)];
  return image > 0 && text > 0 ? { image, text } : null;
}

function headCount(label: string, tower: string, width: number, given: number | undefined): number {
  const count = given ?? width / 64;
  if (Number.isInteger(count) && count > 0 && width % count === 0) return count;
  const why =
    given === undefined
      ? `its width ${width} is no multiple of 64`
      : `${count} does not divide its width ${width}`;
  throw new FaptError(
    'heads-unknown',
    `${label}: the number of attention heads of the ${tower} tower cannot be told (${why}): add a config.json that gives num_attention_heads.`,
  );
}

/** Head counts of a Hugging Face config; refuses activations this engine does not compute. */
function configSections(config: Record<string, unknown> | null, label: string) {
  const heads = (key: string) => {
    const section = (config?.[key] ?? {}) as Record<string, unknown>;
    const activation = section.hidden_act;
    if (activation !== undefined && activation !== 'quick_gelu') {
      throw new FaptError(
        'activation-unsupported',
        `${label}: config.json asks for the activation "${String(activation)}", and only CLIP's quick_gelu is supported.`,
      );
    }
    const count = section.num_attention_heads;
    return typeof count === 'number' ? count : undefined;
  };
  return { vision: heads('vision_config'), text: heads('text_config') };
}
