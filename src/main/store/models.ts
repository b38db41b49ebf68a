import type { ModelReport } from '../../shared/engine-contract.ts';
import { FaptError } from '../../shared/errors.ts';
import { fromStoredPath, toStoredPath } from '../workspace/resources.ts';
import type { Database } from './database.ts';
import { newId } from './ids.ts';
import { all, one, run } from './statement.ts';

export type ModelRow = {
  id: string;
  name: string;
  /** What the engine loads: a folder, a safetensors file, or `random:ViT-B/32`. */
  path: string;
  layout: string;
  /** Of the weights; stored with every run. */
  sha256: string;
  sizeBytes: number;
  report: ModelReport;
  bundled: boolean;
  createdAt: number;
};

export type NewModel = Omit<ModelRow, 'id' | 'createdAt' | 'bundled'> & { bundled?: boolean };

type Stored = Omit<ModelRow, 'report' | 'bundled'> & { report: string; bundled: number };

const SELECT = `SELECT id, name, path, layout, sha256, size_bytes AS sizeBytes, report, bundled,
  created_at AS createdAt FROM models`;

/** Throws `model-exists` where the name is taken. */
export function addModel(db: Database, model: NewModel): ModelRow {
  if (one(db, 'SELECT 1 FROM models WHERE name = ?', model.name) !== undefined) {
    throw new FaptError(
      'model-exists',
      `A model named "${model.name}" is already there: choose another name (--name on the command line).`,
    );
  }
  run(
    db,
    `INSERT INTO models (id, name, path, layout, sha256, size_bytes, report, bundled, created_at)
     VALUES (:id, :name, :path, :layout, :sha256, :sizeBytes, :report, :bundled, :createdAt)`,
    {
      ...model,
      id: newId(),
      path: toStoredPath(model.path),
      report: JSON.stringify(model.report),
      bundled: model.bundled ? 1 : 0,
      createdAt: Date.now(),
    },
  );
  return getModel(db, model.name);
}

/** The same weights in another place. */
export function moveModel(db: Database, id: string, path: string): ModelRow {
  run(db, 'UPDATE models SET path = ? WHERE id = ?', toStoredPath(path), id);
  return getModel(db, id);
}

export function findModel(db: Database, nameOrId: string): ModelRow | null {
  const row =
    one<Stored>(db, `${SELECT} WHERE name = ?`, nameOrId) ??
    one<Stored>(db, `${SELECT} WHERE id = ?`, nameOrId);
  return row === undefined ? null : fromStored(row);
}

/** Throws `model-unknown`, naming the models there are. */
export function getModel(db: Database, nameOrId: string): ModelRow {
  const model = findModel(db, nameOrId);
  if (model !== null) return model;
  const names = listModels(db).map(({ name }) => name);
  const known = names.length === 0 ? 'there are none yet' : `there are ${names.join(', ')}`;
  throw new FaptError(
    'model-unknown',
    `There is no model named "${nameOrId}" in this workspace (${known}): add it with "fapt model add PATH".`,
  );
}

export function listModels(db: Database): ModelRow[] {
  return all<Stored>(db, `${SELECT} ORDER BY name`).map(fromStored);
}

function fromStored(row: Stored): ModelRow {
  return {
    ...row,
    path: fromStoredPath(row.path),
    report: JSON.parse(row.report),
    bundled: row.bundled === 1,
  };
}
