import { shellCommand, shellQuote } from './shell-quote.ts';

/** What a task asks Slurm for; null leaves it to the cluster. */
export type SlurmResources = {
  partition: string | null;
  /** As Slurm writes it: `90`, `8:00:00`, `2-12`. */
  time: string | null;
  /** Processors of a task, and threads of its engine. */
  cpus: number;
  /** As Slurm writes it: `16G`. */
  memory: string | null;
  /** One GPU a task: `1`, or a type with `:1`. */
  gpus: string | null;
};

export type SlurmScript = {
  /** Names the job. */
  protocol: string;
  /** Absolute, without `"`, `\` and line breaks. */
  folder: string;
  tasks: number;
  /** What starts the command line: a Node binary and its script. */
  fapt: readonly string[];
  resources: SlurmResources;
};

/** Files of an array's folder. */
export const ARRAY_SCRIPT = 'array.sh';
export const TASK_LIST = 'tasks.txt';
export const TASK_WORKSPACE = 'workspace';
export const BUNDLES = 'bundles';

/** Time between the warning and the end: a training stops at its next step, and writes a checkpoint. */
const WARNING_SECONDS = 120;

/**
 * The script of a Slurm array, for bash. A task takes its line of the list, works in a workspace of its
 * own, since SQLite files are not safe under several machines, and ends with a bundle of its run. One whose
 * bundle is there is skipped, one that was stopped goes on from its checkpoint.
 */
export function slurmScript(script: SlurmScript): string {
  return `${[...headOf(script), ...bodyOf(script)].join('\n')}\n`;
}

function headOf({ protocol, folder, tasks, resources }: SlurmScript): string[] {
  const { partition, time, cpus, memory, gpus } = resources;
  // Slurm fills in what stands behind a percent sign.
  const log = `${folder.replaceAll('%', '%%')}/logs/%a.txt`;
  const option = (name: string, value: string | null) =>
    value === null ? [] : [`#SBATCH --${name}=${value}`];
  return [
    '#!/bin/bash',
    `# The ${tasks === 1 ? 'run' : `${tasks} runs`} of "fapt protocol ${protocol}", a task each: a line of ${TASK_LIST}.`,
    '# Submitted again, it skips what is done and goes on with what was stopped.',
    `#SBATCH --job-name=fapt-${protocol}`,
    `#SBATCH --array=1-${tasks}`,
    `#SBATCH --output="${log}"`,
    '#SBATCH --open-mode=append',
    '#SBATCH --ntasks=1',
    `#SBATCH --cpus-per-task=${cpus}`,
    `#SBATCH --signal=B:TERM@${WARNING_SECONDS}`,
    ...option('partition', partition),
    ...option('time', time),
    ...option('mem', memory),
    ...option('gpus', gpus),
  ];
}

function bodyOf({ folder, fapt, resources }: SlurmScript): string[] {
  return `set -euo pipefail

folder=${shellQuote(folder)}
fapt=(${shellCommand(fapt)})
# Of the tasks. A disk of the node is faster where there is one; what was stopped then begins anew.
workspaces=$folder/work
export FAPT_THREADS=${resources.cpus}

task=\${SLURM_ARRAY_TASK_ID:?submit this script with sbatch, or set it to the task that is tried}
bundle=$folder/${BUNDLES}/$task.faptrun
if [[ -e $bundle ]]; then
  echo "Task $task is done: $bundle is there."
  exit 0
fi
line=$(sed -n "\${task}p" "$folder/${TASK_LIST}")
if [[ -z $line ]]; then
  echo "There is no task $task: $folder/${TASK_LIST} has no such line." >&2
  exit 2
fi
eval "options=($line)"

# Copied aside and renamed, so that a task that is killed meanwhile leaves no half of a workspace.
work=$workspaces/$task
if [[ ! -e $work ]]; then
  mkdir -p "$workspaces"
  rm -rf "$work.partial"
  cp -r "$folder/${TASK_WORKSPACE}" "$work.partial"
  mv "$work.partial" "$work"
fi

# Slurm warns the script, which passes it on; the run then stops at its next step, with a checkpoint.
"\${fapt[@]}" protocol "\${options[@]}" --workspace "$work" --json > "$work/report.json" &
child=$!
warned=
trap 'warned=yes; kill -TERM "$child" 2> /dev/null || true' TERM INT
code=0
wait "$child" || code=$?
if [[ -n $warned ]]; then
  code=0
  wait "$child" || code=$?
fi
if ((code != 0)); then
  echo "Task $task is not done (exit code $code): submit the array again to go on with it." >&2
  exit "$code"
fi

run=$("\${fapt[0]}" -p 'JSON.parse(fs.readFileSync(process.argv[1], "utf8")).runs[0].run' "$work/report.json")
"\${fapt[@]}" show "$run" --workspace "$work"
mkdir -p "$folder/${BUNDLES}"
"\${fapt[@]}" bundle "$run" --workspace "$work" --out "$bundle"
rm -rf "$work"`.split('\n');
}
