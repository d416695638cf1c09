import * as contentKinds from './content.kinds.js';
import { delayKind } from './delay.kind.js';
import { emailSendKind } from './email-send.kind.js';
import { failKind, succeedKind } from './ending.kinds.js';
import { eventEmitKind } from './event-emit.kind.js';
import { externalKind } from './external.kind.js';
import { foreachKind } from './foreach.kind.js';
import { httpRequestKind } from './http-request.kind.js';
import * as jobKinds from './job.kinds.js';
import { parallelKind } from './parallel.kind.js';
import { repeatKind } from './repeat.kind.js';
import { scriptKind } from './script.kind.js';
import type { StepKind } from './step-kind.js';
import { switchKind } from './switch.kind.js';
import { transformKind } from './transform.kind.js';
import { waitEventKind } from './wait-event.kind.js';
import { waitSignalKind } from './wait-signal.kind.js';
import { workflowRunKind } from './workflow-run.kind.js';

/** Every step type. Adding one touches its own file, this line, and its `run` in the workflow service. */
const kinds = {
  'http.request': httpRequestKind,
  transform: transformKind,
  script: scriptKind,
  switch: switchKind,
  parallel: parallelKind,
  foreach: foreachKind,
  repeat: repeatKind,
  delay: delayKind,
  'wait.signal': waitSignalKind,
  'wait.event': waitEventKind,
  'event.emit': eventEmitKind,
  'workflow.run': workflowRunKind,
  'email.send': emailSendKind,
  external: externalKind,
  'content.create': contentKinds.contentCreateKind,
  'content.update': contentKinds.contentUpdateKind,
  'content.publish': contentKinds.contentPublishKind,
  'integration.sync': jobKinds.integrationSyncKind,
  'integration.call': jobKinds.integrationCallKind,
  'survey.run': jobKinds.surveyRunKind,
  'captcha.recognise': jobKinds.captchaRecogniseKind,
  'biometric.verify': jobKinds.biometricVerifyKind,
  fail: failKind,
  succeed: succeedKind,
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
