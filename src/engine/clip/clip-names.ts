/** How a file names a CLIP's tensors. */
export type Layout = 'huggingface' | 'openai';

/** Prefixes of the blocks under OpenAI's and Hugging Face's names. */
export const TOWERS = {
  image: { openai: 'visual.transformer.resblocks.', huggingface: 'vision_model.encoder.layers.' },
  text: { openai: 'transformer.resblocks.', huggingface: 'text_model.encoder.layers.' },
} as const;

const IN_BLOCK: Record<string, string> = {
  'attn.out_proj': 'self_attn.out_proj',
  ln_1: 'layer_norm1',
  ln_2: 'layer_norm2',
  'mlp.c_fc': 'mlp.fc1',
  'mlp.c_proj': 'mlp.fc2',
};
const OUTSIDE: Record<string, string> = {
  'visual.class_embedding': 'vision_model.embeddings.class_embedding',
  'visual.conv1.weight': 'vision_model.embeddings.patch_embedding.weight',
  'visual.positional_embedding': 'vision_model.embeddings.position_embedding.weight',
  // The double "r" is in the published files.
  'visual.ln_pre.weight': 'vision_model.pre_layrnorm.weight',
  'visual.ln_pre.bias': 'vision_model.pre_layrnorm.bias',
  'visual.ln_post.weight': 'vision_model.post_layernorm.weight',
  'visual.ln_post.bias': 'vision_model.post_layernorm.bias',
  'ln_final.weight': 'text_model.final_layer_norm.weight',
  'ln_final.bias': 'text_model.final_layer_norm.bias',
  'token_embedding.weight': 'text_model.embeddings.token_embedding.weight',
  positional_embedding: 'text_model.embeddings.position_embedding.weight',
  'visual.proj': 'visual_projection.weight',
  text_projection: 'text_projection.weight',
  logit_scale: 'logit_scale',
};

/** Projections: OpenAI stores them [in, out]; a Linear of its own, as Hugging Face has, [out, in]. */
const PROJECTIONS: Record<string, string> = {
  'visual.proj': 'visual.proj.weight',
  text_projection: 'text_projection.weight',
};

/** Where a file keeps what OpenAI's files keep under one name. */
export type StoredName = {
  /** One name, or those of q, k and v, to be joined. */
  names: string[];
  /** Stored [out, in] instead of [in, out]. */
  turned: boolean;
};

/**
 * The names under which a file of `layout` keeps an OpenAI tensor; some files of OpenAI's layout hold a
 * projection as a Linear, which `has` tells.
 */
export function storedName(
  name: string,
  layout: Layout,
  has: (stored: string) => boolean,
): StoredName {
  const linear = PROJECTIONS[name];
  if (layout === 'huggingface') {
    return { names: huggingFaceNames(name), turned: linear !== undefined };
  }
  const turned = linear !== undefined && !has(name) && has(linear);
  return { names: [turned ? linear : name], turned };
}

function huggingFaceNames(name: string): string[] {
  const outside = OUTSIDE[name];
  if (outside) return [outside];
  for (const { openai, huggingface } of Object.values(TOWERS)) {
    const match = name.startsWith(openai) ? /^(\d+)\.(.+)$/.exec(name.slice(openai.length)) : null;
    if (!match) continue;
    const [, index, rest = ''] = match;
    const joined = /^attn\.in_proj_(weight|bias)$/.exec(rest);
    if (joined) {
      return ['q', 'k', 'v'].map((x) => `${huggingface}${index}.self_attn.${x}_proj.${joined[1]}`);
    }
    const [, stem = '', part] = /^(.*)\.(weight|bias)$/.exec(rest) ?? [];
    if (IN_BLOCK[stem]) return [`${huggingface}${index}.${IN_BLOCK[stem]}.${part}`];
  }
  return [];
}

/**
 * Where a CLIP begins among the names of a file: after "module." or "state_dict.", say.
 *
 * @returns null where there is no class embedding of a vision transformer
 */
export function findClip(names: Iterable<string>): { layout: Layout; prefix: string } | null {
  const anchors: [Layout, string][] = [
    ['openai', 'visual.class_embedding'],
    ['huggingface', 'vision_model.embeddings.class_embedding'],
  ];
  let found: { layout: Layout; prefix: string } | null = null;
  for (const name of names) {
    for (const [layout, anchor] of anchors) {
      if (name !== anchor && !name.endsWith(`.${anchor}`)) continue;
      const prefix = name.slice(0, -anchor.length);
      if (!found || prefix.length < found.prefix.length) found = { layout, prefix };
    }
  }
  return found;
}

/**
 * Where an image tower by itself begins: a checkpoint that fine-tuned the tower alone names its tensors
 * from the tower on ("vision_encoder_state_dict.class_embedding"), or as a whole CLIP does.
 */
export function findImageTower(
  names: ReadonlySet<string>,
): { layout: Layout; prefix: string; bare: boolean } | null {
  const whole = findClip(names);
  if (whole) return { ...whole, bare: false };
  for (const name of names) {
    if (!/(^|\.)class_embedding$/.test(name)) continue;
    const prefix = name.slice(0, -'class_embedding'.length);
    if (names.has(`${prefix}conv1.weight`)) return { layout: 'openai', prefix, bare: true };
  }
  return null;
}

/** Whether a file holds a CLIP whose image tower is a ResNet. */
export function hasResNet(names: Iterable<string>): boolean {
  for (const name of names) if (/(^|\.)layer1\.0\.conv1\.weight$/.test(name)) return true;
  return false;
}

/** What published files hold beside the weights: positions 0, 1, 2, ... and three sizes. */
export function isHarmless(name: string): boolean {
  return /(^|\.)position_ids$/.test(name) || HARMLESS.has(name);
}
const HARMLESS = new Set(['input_resolution', 'context_length', 'vocab_size']);
