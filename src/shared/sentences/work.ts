/** What is being done, beside its progress. */
export const WORK_SENTENCES = {
  'blocked.closed.one':
    'A job waits since the application was last closed: start the queue to go on.',
  'blocked.closed.several':
    '{n} jobs wait since the application was last closed: start the queue to go on.',
  'blocked.paused': 'The queue is paused: resume the paused job or start the queue to go on.',
  'blocked.down': 'The engine is down: restart it. {reason}',

  'caution.demo':
    "These are demo numbers: this application's own small CLIP on drawn images. They are not the paper's and must not be quoted as such.",
  'caution.clusters': 'Images of {datasets} come in clusters and are not independent.',
  'caution.one-class':
    '{dataset} has one class, so that every answer is right whatever was learned.',
  'caution.one-class.half':
    'The {classes} half of {dataset} has one class, so that every answer is right whatever was learned.',
  'caution.absent': 'Not in this workspace: {datasets}.',

  'note.unread': '{file} holds tensors that a CLIP has no use for: {some}.',
  'note.unread-more': '{file} holds tensors that a CLIP has no use for: {some} and {n} more.',

  'stage.train': 'train {method}, seed {seed}',
  'stage.evaluate': 'evaluate {method}, seed {seed}, {attack}',
  'stage.check-attack': 'check the attack on {method}, seed {seed}',
  'stage.maps': 'maps',
  'stage.maps-of': 'maps of {name}',
  'stage.curves': 'insertion and deletion',
  'stage.attack': 'attack',
  'stage.sweep': 'epsilon sweep',
  'stage.sanity': 'sanity checks',
  'stage.noise': 'random noise',
  'stage.report': 'report',
  'stage.images': 'images',
  'stage.time-steps': 'time steps',
  'stage.read-images': 'read images',
  'stage.look-through-lists': 'look through the lists',
  'stage.look-for-images': 'look for images',
  'stage.try-weights': 'try the weights',
  'stage.read-prompts': 'read the prompts',
  'stage.download': 'download (MB)',

  'title.run': '{method}, {dataset}, seed {seed}',
  'title.demo': 'Demo, {dataset}, seed {seed}',
  'title.demo-seeds': 'Demo, {dataset}, seeds {seeds}',
  'detail.loss': 'loss {loss}',
} as const;
