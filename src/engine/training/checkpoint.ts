import { basename } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { FaptError } from '../../shared/errors.ts';
import { openSafetensors, type TensorData, writeSafetensors } from '../clip/safetensors.ts';

export const CHECKPOINT_NAME = 'checkpoint.safetensors';

export type Checkpoint = {
  path: string;
  /** Updates done; with the seed it tells the schedule, the order and the position in the epoch. */
  step: number;
  parameters: Map<string, { shape: number[]; values: Float32Array }>;
  momentum: Map<string, { shape: number[]; values: Float32Array }>;
};

/** Parameters, momentum and position: a resumed run repeats an uninterrupted one bit for bit. */
export async function writeCheckpoint(
  path: string,
  step: number,
  parameters: Map<string, tf.Variable>,
  momentum: Map<string, tf.Variable>,
): Promise<void> {
  const tensors: Record<string, TensorData> = {};
  const put = (group: string, variables: Map<string, tf.Variable>) => {
    for (const [name, variable] of variables) {
      tensors[`${group}/${name}`] = {
        shape: variable.shape,
        data: variable.dataSync() as Float32Array,
      };
    }
  };
  put('parameter', parameters);
  put('momentum', momentum);
  await writeSafetensors(path, tensors, { format: 'fapt-checkpoint', step: String(step) });
}

/** @throws FaptError `weights-missing`, `weights-damaged`, `checkpoint-foreign` */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  const file = await openSafetensors(path);
  try {
    if (file.metadata.format !== 'fapt-checkpoint') {
      throw new FaptError(
        'checkpoint-foreign',
        `${path} is a safetensors file but no checkpoint of this program: choose the run's ${CHECKPOINT_NAME}.`,
      );
    }
    const checkpoint: Checkpoint = {
      path,
      step: Number(file.metadata.step),
      parameters: new Map(),
      momentum: new Map(),
    };
    for (const [name, { shape }] of file.entries) {
      const [group, ...rest] = name.split('/');
      const into = group === 'parameter' ? checkpoint.parameters : checkpoint.momentum;
      into.set(rest.join('/'), { shape, values: await file.read(name) });
    }
    return checkpoint;
  } finally {
    await file.close();
  }
}

/** Puts a checkpoint's values into variables of the same names and shapes. */
export function restoreParameters(
  variables: Map<string, tf.Variable>,
  checkpoint: Checkpoint,
): void {
  restore(variables, checkpoint.parameters, checkpoint.path);
}

export function restoreMomentum(buffers: Map<string, tf.Variable>, checkpoint: Checkpoint): void {
  restore(buffers, checkpoint.momentum, checkpoint.path);
}

function restore(
  variables: Map<string, tf.Variable>,
  stored: Checkpoint['parameters'],
  path: string,
): void {
  const names = [...new Set([...variables.keys(), ...stored.keys()])];
  for (const name of names) {
    const [variable, saved] = [variables.get(name), stored.get(name)];
    if (!variable || !saved || variable.shape.join() !== saved.shape.join()) {
      const mine = variable ? `[${variable.shape}]` : 'nothing';
      const theirs = saved ? `[${saved.shape}]` : 'nothing';
      throw new FaptError(
        'checkpoint-mismatch',
        `${basename(path)} does not fit this method and model: "${name}" is ${theirs} in the checkpoint and ${mine} here; use the method, depth and model it was trained with.`,
      );
    }
    const values = tf.tensor(saved.values, saved.shape);
    variable.assign(values);
    values.dispose();
  }
}
