/** What is worth telling of a run that went on all the same; each is kept with it, under its code. */
export const TRAINING_SENTENCES = {
  'warning.depth-limited': 'Prompts enter {depth} blocks, not {asked}: the model has no more.',
  'warning.drop-last':
    '{n} training images sit out each epoch, since the last incomplete batch is dropped as published (dropLast).',
  'warning.weak-term':
    'The weighted term "{term}" carried under 0.1 % of the gradient in every epoch.',
  'warning.stopped-early':
    'The training was stopped early, at step {step} of {steps}, and what it had learned was kept.',
  'warning.more-epochs':
    'Trained for {steps} steps under a schedule of {before} epochs, then gone on with under one of {epochs}: not the same as {epochs} epochs from the start.',
  'warning.below-zero-shot':
    'Natural accuracy of run {run} is {tuned} %, below the {zeroShot} % of zero-shot CLIP (run {base}) on the same {n} images: adversarial training costs some; where it is much, the learned words may crowd out the class names, or the training was too long or too fast.',
  'warning.attack-one-class':
    'There is only one class, so that no attack can change a prediction: the images were left as they are.',
  'warning.attack-too-few-classes':
    'The {loss} loss needs {least} classes and there are only {n}: the attack used the margin loss instead.',
  'warning.attack-flat-start':
    'The KL loss is flat at the clean image, so that the attack cannot leave it without a random start: turn the random start on, or take another loss.',
  'warning.attack-restarts-repeat':
    'Without a random start all {restarts} restarts are the same, so the attack ran once.',
  'warning.short-classes':
    '{n} of {classes} classes of {dataset} have fewer than {shots} training images ({some}); all of theirs are used.',
  'warning.image-tower':
    'Model "{model}" has a fine-tuned image tower ({tower}) on {base}: its numbers stand beside those of the same tower only.',
  'warning.imported':
    "The prompts of this run were imported from {file} (sha256 {hash}): its settings are this method's own where the file does not tell, and its images of training are not known.",
  'warning.dataset.one': 'Dataset {dataset}: {problem}.',
  'warning.dataset.several': 'Dataset {dataset}: {problem} (and {more} more like it).',

  'status.paused': 'Paused on request.',
  'status.stopped': 'Stopped on request.',
  'status.engine-ended':
    'Stopped on request; the engine was in a long step and was ended, so the work goes on from its last checkpoint.',
  'status.taken-out': 'Taken out of the queue.',
  'status.binned': 'Put into the bin.',
  'status.abandoned': 'The process that ran it ended before it was done.',
  'status.more-epochs': '{epochs} more epochs were asked for.',
  'status.imported': 'Its prompts were imported from {file} (sha256 {hash}).',
} as const;
