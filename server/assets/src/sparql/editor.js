// The editor itself: CodeMirror in a shadow root, where its styles need no exception from the policy of the page.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { HighlightStyle, bracketMatching, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorState, Prec } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { sparql } from "codemirror-lang-sparql";
import { element } from "../page/elements.js";
import { say } from "../page/words.js";

const colour = (name) => `var(--editor-${name})`;
const HIGHLIGHTS = HighlightStyle.define([
  { tag: tags.keyword, color: colour("keyword"), fontWeight: "600" },
  { tag: [tags.string, tags.annotation], color: colour("string") },
  { tag: [tags.number, tags.integer, tags.float, tags.bool], color: colour("number") },
  { tag: tags.variableName, color: colour("variable") },
  { tag: [tags.url, tags.namespace, tags.typeName], color: colour("name") },
  { tag: tags.comment, color: colour("quiet") },
]);
const LOOK = EditorView.theme({
  "&": { color: "inherit", backgroundColor: colour("paper"), fontSize: "0.92rem", borderRadius: "6px" },
  "&.cm-focused": { outline: `2px solid ${colour("focus")}`, outlineOffset: "1px" },
  ".cm-scroller": { fontFamily: "ui-monospace, monospace", lineHeight: "1.5", minHeight: "14rem", maxHeight: "60vh" },
  ".cm-content": { caretColor: "currentColor" },
  ".cm-cursor": { borderLeftColor: "currentColor" },
  ".cm-gutters": { backgroundColor: colour("shade"), color: colour("quiet"), border: "0" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: colour("line") },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: colour("selection"),
  },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: colour("selection") },
  ".cm-tooltip": { backgroundColor: colour("paper"), color: "inherit", border: `1px solid ${colour("border")}`, borderRadius: "4px" },
  ".cm-tooltip-autocomplete > ul > li": { padding: "0.15rem 0.5rem" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: colour("focus"), color: colour("paper") },
  ".cm-completionDetail": { color: "inherit", opacity: "0.8", fontStyle: "normal" },
  ".cm-completionInfo": { maxWidth: "24rem", padding: "0.4rem 0.6rem", fontFamily: "system-ui, sans-serif" },
  ".cm-diagnostic-error": { borderLeftColor: colour("error") },
  ".cm-lint-marker-error": { content: "normal", width: "0.7em", height: "0.7em", margin: "0.35em 0.15em", borderRadius: "50%", backgroundColor: colour("error") },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: `wavy underline ${colour("error")}` },
});

/** Puts an editor in the place of a text area, which keeps its text for the form. */
export function createEditor({ textArea, complete, run }) {
  const host = element("div", { className: "editor" });
  const root = host.attachShadow({ mode: "open" });
  textArea.closest("label").after(host);
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({ doc: textArea.value, extensions: [extensions(textArea, complete, run)] }),
  });
  textArea.closest("label").hidden = true;
  return {
    text: () => view.state.doc.toString(),
    focus: () => view.focus(),
    replace: (text) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, scrollIntoView: true }),
    goTo: (line, column) => {
      view.dispatch({ selection: { anchor: offset(view.state, line, column) }, scrollIntoView: true });
      view.focus();
    },
    mark: (problem) => view.dispatch(setDiagnostics(view.state, problem?.line ? [diagnostic(view.state, problem)] : [])),
  };
}

function extensions(textArea, complete, run) {
  const asks = { key: "Mod-Enter", run: () => (run(), true) };
  return [
    Prec.highest(keymap.of([asks])),
    keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...defaultKeymap]),
    lineNumbers(),
    lintGutter(),
    history(),
    drawSelection(),
    highlightSpecialChars(),
    highlightActiveLine(),
    bracketMatching(),
    closeBrackets(),
    indentUnit.of("  "),
    sparql(),
    syntaxHighlighting(HIGHLIGHTS),
    autocompletion({ override: [complete], icons: false }),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ "aria-label": say("sparql.query") }),
    EditorState.phrases.of({ Completions: say("editor.completions") }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) textArea.value = update.state.doc.toString();
    }),
    EditorView.domEventHandlers({ beforeinput: replaceSelection }),
    LOOK,
  ];
}

/** Chromium would keep the look of what is typed over in an inline style, which the policy of the page forbids. */
function replaceSelection(event, view) {
  const { from, to, empty } = view.state.selection.main;
  if (event.inputType !== "insertText" || event.isComposing || empty || !event.data) return false;
  const insert = () => view.state.update(view.state.replaceSelection(event.data), { userEvent: "input.type" });
  const handlers = view.state.facet(EditorView.inputHandler);
  if (!handlers.some((handle) => handle(view, from, to, event.data, insert))) view.dispatch(insert());
  event.preventDefault();
  return true;
}

/** Columns count code points, as the server does; the editor counts UTF-16. */
function offset(state, line, column) {
  const found = state.doc.line(Math.min(Math.max(line, 1), state.doc.lines));
  const before = [...found.text].slice(0, Math.max((column ?? 1) - 1, 0)).join("");
  return found.from + before.length;
}

function diagnostic(state, problem) {
  const at = offset(state, problem.line, problem.column);
  const line = state.doc.lineAt(at);
  const from = at === line.to && at > line.from ? at - 1 : at;
  const word = /^[^\s{}().,;]+|^./.exec(line.text.slice(from - line.from))?.[0] ?? "";
  return { from, to: Math.min(from + word.length, state.doc.length), severity: "error", message: problem.message };
}
