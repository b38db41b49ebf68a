import type { ClipShape } from './weights.ts';

export type WantedTensor = { name: string; shape: number[] };

/** Every tensor of a CLIP of these sizes, under OpenAI's names, in the order of their file. */
export function clipTensors(shape: ClipShape): WantedTensor[] {
  return [...imageTensors(shape), ...textTensors(shape), { name: 'logit_scale', shape: [] }];
}

/** Those of the image tower. */
export function imageTensors(shape: ClipShape): WantedTensor[] {
  const { imageWidth: width, patchSize, imageSize } = shape;
  const patches = (imageSize / patchSize) ** 2;
  return [
    { name: 'visual.class_embedding', shape: [width] },
    { name: 'visual.conv1.weight', shape: [width, 3, patchSize, patchSize] },
    { name: 'visual.positional_embedding', shape: [patches + 1, width] },
    ...norm('visual.ln_pre', width),
    ...blocks('visual.transformer.', shape.imageBlocks, width),
    ...norm('visual.ln_post', width),
    { name: 'visual.proj', shape: [width, shape.embeddingWidth] },
  ];
}

function textTensors(shape: ClipShape): WantedTensor[] {
  const { textWidth: width } = shape;
  return [
    { name: 'token_embedding.weight', shape: [shape.vocabularySize, width] },
    { name: 'positional_embedding', shape: [shape.contextLength, width] },
    ...blocks('transformer.', shape.textBlocks, width),
    ...norm('ln_final', width),
    { name: 'text_projection', shape: [width, shape.embeddingWidth] },
  ];
}

function norm(name: string, width: number): WantedTensor[] {
  return ['weight', 'bias'].map((part) => ({ name: `${name}.${part}`, shape: [width] }));
}

function blocks(tower: string, count: number, width: number): WantedTensor[] {
  return Array.from({ length: count }, (_, index) => {
    const prefix = `${tower}resblocks.${index}.`;
    const linear = (name: string, joint: string, output: number, input: number) => [
      { name: `${prefix}${name}${joint}weight`, shape: [output, input] },
      { name: `${prefix}${name}${joint}bias`, shape: [output] },
    ];
    return [
      ...norm(`${prefix}ln_1`, width),
      ...linear('attn.in_proj', '_', 3 * width, width),
      ...linear('attn.out_proj', '.', width, width),
      ...norm(`${prefix}ln_2`, width),
      ...linear('mlp.c_fc', '.', 4 * width, width),
      ...linear('mlp.c_proj', '.', width, 4 * width),
    ];
  }).flat();
}
