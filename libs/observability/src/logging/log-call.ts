export interface LogCall {
  fields: Record<string, unknown>;
  text: string | undefined;
}

type LogPart = Error | object | string | number | boolean | null | undefined;

/**
 * Takes a call of Nest's loose logger interface apart: a text or an object or an error first, then objects whose
 * fields are logged, errors, a stack, and last the name of the class that logs.
 */
export function readLogCall(message: unknown, more: readonly unknown[]): LogCall {
  const call: LogCall = { fields: {}, text: undefined };
  const rest = [...more];
  if (typeof rest.at(-1) === 'string' && !isStack(rest.at(-1))) call.fields['context'] = rest.pop();
  for (const part of [message, ...rest] as readonly LogPart[]) {
    if (part instanceof Error) call.fields['err'] = part;
    else if (isStack(part)) call.fields['err'] ??= { stack: part };
    else if (typeof part === 'object' && part !== null) Object.assign(call.fields, part);
    else if (part !== undefined) call.text = call.text === undefined ? String(part) : `${call.text} ${String(part)}`;
  }
  call.text ??= call.fields['err'] instanceof Error ? call.fields['err'].message : undefined;
  return call;
}

function isStack(part: unknown): boolean {
  return typeof part === 'string' && /\n\s+at /.test(part);
}
