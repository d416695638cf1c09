/** The part of a commander command that completion needs. */
export interface CommandTree {
  name(): string;
  readonly commands: readonly CommandTree[];
  readonly options: readonly { readonly long?: string | undefined }[];
}

/** Words that are arguments, not commands, and still worth completing. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = { serve: ['all', 'gateway', 'workflow', 'worker'] };

/**
 * A completion function for bash, which zsh runs as well: for each path of commands typed so far, the words that may
 * follow. Generated from the commands themselves, so it cannot fall behind them.
 */
export function completionScript(root: CommandTree): string {
  const cases = casesOf(root, root.name(), optionsOf(root));
  return `# bash completion of ${root.name()}; zsh: autoload -U bashcompinit && bashcompinit first
_${root.name()}() {
  local path="${root.name()}" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) path="$path $word" ;; esac
  done
  case "$path" in
${cases.join('\n')}
  esac
}
complete -F _${root.name()} ${root.name()}
`;
}

function casesOf(command: CommandTree, path: string, globalOptions: readonly string[]): string[] {
  const names = command.commands.map((child) => child.name());
  const words = [...names, ...(ARGUMENTS[command.name()] ?? []), ...new Set([...optionsOf(command), ...globalOptions])];
  const reply = `    "${path}") COMPREPLY=($(compgen -W "${words.join(' ')}" -- "\${COMP_WORDS[COMP_CWORD]}")) ;;`;
  return [reply, ...command.commands.flatMap((child) => casesOf(child, `${path} ${child.name()}`, globalOptions))];
}

function optionsOf(command: CommandTree): string[] {
  return command.options.flatMap(({ long }) => (long === undefined ? [] : [long]));
}
