/** The commands of `fapt`, in the order of its help. */
export const commands: { name: string; purpose: string }[] = [
  { name: 'doctor', purpose: 'Which compute library this machine got, and how fast it is' },
  { name: 'demo', purpose: 'Tune FAP and CBA-FAPT on the bundled data, attack and compare both' },
  { name: 'model', purpose: 'Add and list CLIP weights' },
  { name: 'dataset', purpose: 'Add, check and list datasets' },
  { name: 'run', purpose: 'Tune prompts by one method' },
  { name: 'resume', purpose: 'Go on with a run that was stopped' },
  { name: 'runs', purpose: 'List the runs of a workspace' },
  { name: 'show', purpose: 'Everything that is known about one run' },
  { name: 'predict', purpose: 'The classes that a tuned model sees in one picture' },
  { name: 'eval', purpose: 'Accuracy of a run, natural and under attack' },
  { name: 'compare', purpose: 'Two runs, image by image, with a paired test' },
  { name: 'attribute', purpose: 'Maps of what the model looked at, image and words' },
  { name: 'check', purpose: 'Compare the numerics with recorded values' },
  { name: 'bench', purpose: 'Speed and memory' },
];
