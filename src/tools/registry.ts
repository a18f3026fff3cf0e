/** Every built-in tool, in the order the model sees them. Import this module lazily: it loads zod. */
import type { AnyTool } from "../model/tool.ts"
import { askUserQuestion } from "./ask-user-question.ts"
import { bash } from "./bash.ts"
import { cronCreate, cronDelete, cronList } from "./cron.ts"
import { edit } from "./edit.ts"
import { editBatch } from "./edit-batch.ts"
import { glob } from "./glob.ts"
import { grep } from "./grep.ts"
import { ls } from "./ls.ts"
import { monitor } from "./monitor.ts"
import { notebookEdit } from "./notebook-edit.ts"
import { enterPlanMode, exitPlanMode } from "./plan-mode.ts"
import { read } from "./read.ts"
import { scheduleWakeup } from "./schedule-wakeup.ts"
import { taskCreate, taskGet, taskList, taskUpdate } from "./task-list-tools.ts"
import { taskStop } from "./task-stop.ts"
import { todoWrite } from "./todo-write.ts"
import { webFetch } from "./web-fetch.ts"
import { webSearch } from "./web-search.ts"
import { enterWorktree, exitWorktree } from "./worktree.ts"
import { write } from "./write.ts"

export const TOOLS: readonly AnyTool[] = [
  askUserQuestion,
  bash,
  cronCreate,
  cronDelete,
  cronList,
  edit,
  editBatch,
  enterPlanMode,
  enterWorktree,
  exitPlanMode,
  exitWorktree,
  glob,
  grep,
  ls,
  monitor,
  notebookEdit,
  read,
  scheduleWakeup,
  taskCreate,
  taskGet,
  taskList,
  taskStop,
  taskUpdate,
  todoWrite,
  webFetch,
  webSearch,
  write,
]
