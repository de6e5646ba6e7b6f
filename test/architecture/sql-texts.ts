import ts from "typescript";
import { isProduct, sources, textOf } from "./sources.ts";

/** Lines of SQL that may stand in a template; longer ones lie in a .sql file. */
const MOST_LINES = 12;
const SQL =
  /\b(select|insert\s+into|update\s+\S+\s+set|delete\s+from|(create|alter|drop)\s+(or\s+replace\s+)?(table|view|function|role|schema|type|extension|policy)|do\s+\$|grant\s+\w+|with\s+\w+\s+as\s*\()/i;

/** Every template of the product with SQL that is too long for one, as `file:line: N lines`. */
export function longSqlTexts(files = sources.filter((file) => isProduct(file))): string[] {
  return files.flatMap((file) => longTemplates(file, textOf(file)));
}

/** The same for one text. */
export function longTemplates(file: string, text: string): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const line = (position: number) => source.getLineAndCharacterOfPosition(position).line + 1;
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isTemplateExpression(node) || ts.isNoSubstitutionTemplateLiteral(node)) {
      const lines = line(node.end) - line(node.getStart(source)) + 1;
      if (lines > MOST_LINES && SQL.test(node.getText(source)))
        found.push(`${file}:${line(node.pos)}: ${lines} lines of SQL in a template: they belong in a .sql file`);
      return;
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
