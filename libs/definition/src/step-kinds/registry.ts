import { delayKind } from './delay.kind.js';
import { emailSendKind } from './email-send.kind.js';
import { httpRequestKind } from './http-request.kind.js';
import type { StepKind } from './step-kind.js';
import { switchKind } from './switch.kind.js';
import { transformKind } from './transform.kind.js';

/** Every step type. Adding one touches its own file, this line, and its `run` in the workflow service. */
const kinds = {
  'http.request': httpRequestKind,
  transform: transformKind,
  switch: switchKind,
  delay: delayKind,
  'email.send': emailSendKind,
} as const;

export type StepType = keyof typeof kinds;

export const stepTypes = Object.keys(kinds) as StepType[];

/** Whether a text names a step type. */
export function isStepType(type: unknown): type is StepType {
  return typeof type === 'string' && Object.hasOwn(kinds, type);
}

/** The kind of a step type. Its functions take the config of its own class, which the validation has checked. */
export function stepKind(type: StepType): StepKind {
  return kinds[type] as unknown as StepKind;
}
