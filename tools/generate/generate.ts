import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { generatedFiles } from './generated-files.js';

for (const [path, content] of await generatedFiles()) {
  writeFileSync(path, content);
  console.log(path);
}
