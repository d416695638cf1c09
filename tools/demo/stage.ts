import { randomBytes } from 'node:crypto';
import { DirectoryProcess } from './directory-process.js';
import { Api } from './platform/api.js';
import { importWorkflow, type ActiveWorkflow } from './platform/import-workflow.js';
import { signUp } from './platform/sign-up.js';

/** What the demonstration plays on. */
export interface Stage {
  /** Signed in as somebody new. */
  api: Api;
  /** The new user's address, which the mails go to. */
  email: string;
  workflow: ActiveWorkflow;
  /** What deliveries are signed with. */
  secret: string;
  directory: DirectoryProcess;
}

/** Starts the directory, signs a user up and imports the workflow. Stop the directory in the end. */
export async function setStage(baseUrl: string): Promise<Stage> {
  const { api, email } = await signUp(new Api(baseUrl));
  const secret = randomBytes(24).toString('hex');
  const directory = await DirectoryProcess.start();
  try {
    const workflow = await importWorkflow(api, { directory_url: directory.url, mail_to: email }, secret);
    return { api, email, workflow, secret, directory };
  } catch (error) {
    directory.stop();
    throw error;
  }
}
