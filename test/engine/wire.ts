import { type ApiOptions, createApi } from "../../src/api/client.ts"
import type { EngineOptions } from "../../src/engine/options.ts"
import type { OfferedTool } from "../../src/model/tool.ts"
import { openLog } from "../../src/sessions/log.ts"
import { readTail } from "../../src/sessions/read-tail.ts"
import { type FakeApi, type FakeApiOptions, fakeApi, type Script } from "../fake-api/fake-api.ts"
import { type Rig, rig } from "./harness.ts"

export interface WireRig extends Rig {
  readonly api: FakeApi
  /** The transcript of a session, or of one subagent. */
  file(session: string, agent?: string): string
  /** Requests the service refused because they were wrong. */
  rejected(): readonly number[]
}

export interface WireOptions {
  readonly script: Script
  readonly tools?: readonly OfferedTool[]
  readonly rules?: readonly string[]
  readonly fake?: Omit<FakeApiOptions, "script">
  readonly client?: Partial<ApiOptions>
  readonly over?: (base: EngineOptions) => Partial<EngineOptions>
}

/** The real engine, the real client and real logs against the fake service over HTTP; pauses between attempts are short. */
export async function wire(options: WireOptions): Promise<WireRig> {
  const api = await fakeApi({ script: options.script, ...options.fake })
  const client = createApi({
    baseUrl: api.url,
    env: {},
    credential: {
      headers: async () => ({ "x-api-key": "sk-ant-test-0123456789" }),
      refresh: async () => false,
    },
    backoff: { baseMs: 1, capMs: 4 },
    // Far beyond what a loaded machine needs; tests of silence bring their own.
    deadlines: { firstByteMs: 20_000, idleMs: 20_000 },
    ...options.client,
  })
  let folder = ""
  const file = (session: string, agent?: string) =>
    agent === undefined
      ? `${folder}/log/${session}.jsonl`
      : `${folder}/log/${session}/subagents/agent-${agent}.jsonl`
  const made = rig({
    api: client,
    ...(options.tools === undefined ? {} : { tools: options.tools }),
    ...(options.rules === undefined ? {} : { rules: options.rules }),
    over(base) {
      folder = base.place.cwd
      const onLost = (message: string) => {
        throw new Error(message)
      }
      const dir = `${folder}/log`
      const withStore: EngineOptions = {
        ...base,
        store: {
          openLog: (id) => openLog({ dir, id, onLost }),
          openChildLog: (id, agent) =>
            openLog({ dir: `${dir}/${id}/subagents`, id, name: `agent-${agent}`, onLost }),
          async load(id) {
            const { lines, leaf } = await readTail(file(id))
            return { id, lines, leaf }
          },
        },
      }
      return { ...withStore, ...options.over?.(withStore) }
    },
  })
  return {
    ...made,
    api,
    file,
    rejected: () => api.requests.flatMap(({ status }, at) => (status === 400 ? [at] : [])),
    async close() {
      await made.close()
      await api.close()
    },
  }
}

/** The session the engine is in. */
export async function sessionOf(rig: Rig): Promise<string> {
  for (let turn = 0; turn < 200; turn++) {
    const event = rig.events.findLast((one) => one.type === "session")
    if (event?.type === "session") return event.session.id
    await Bun.sleep(5)
  }
  throw new Error("the engine told no session")
}
