import { readFileSync } from 'node:fs';
import ts from 'typescript';

/** Doc comments of one file, by the name of what they stand over: `Class`, `Class.field`, `constant.key`. */
export type DocComments = ReadonlyMap<string, string>;

/**
 * Reads the doc comments of TypeScript files, so that documents say what the code says and nothing is said twice.
 * @param files paths of the files
 */
export function readDocComments(files: readonly string[]): DocComments {
  const found = new Map<string, string>();
  for (const file of files)
    collect(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2023, true));
  return found;

  function collect(node: ts.Node, owner = ''): void {
    const name = nameOf(node);
    const path = name === undefined ? owner : [owner, name].filter(Boolean).join('.');
    const comment = commentOf(node);
    if (name !== undefined && comment !== undefined) found.set(path, comment);
    ts.forEachChild(node, (child) => collect(child, path));
  }
}

function nameOf(node: ts.Node): string | undefined {
  const named =
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isPropertyAssignment(node) ||
    ts.isVariableDeclaration(node);
  if (!named || node.name === undefined) return undefined;
  return ts.isStringLiteral(node.name) || ts.isIdentifier(node.name) ? node.name.text : undefined;
}

/** The text of the comment as one paragraph. That of a constant stands over its whole statement. */
function commentOf(node: ts.Node): string | undefined {
  const holder = ts.isVariableDeclaration(node) ? node.parent.parent : node;
  const [comment] = ts.getJSDocCommentsAndTags(holder).filter(ts.isJSDoc).slice(-1);
  const text = comment && ts.getTextOfJSDocComment(comment.comment);
  return text?.replace(/\s+/g, ' ').trim();
}
