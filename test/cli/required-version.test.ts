import { expect, test } from "bun:test"
import { versionRefusal } from "../../src/cli/required-version.ts"
import { compareVersions } from "../../src/lib/compare-versions.ts"

test("versions are compared by their numbers", () => {
  expect(compareVersions("2.10.0", "2.9.9")).toBeGreaterThan(0)
  expect(compareVersions("2.2", "2.2.0")).toBe(0)
  expect(compareVersions("2.2.0-dev", "2.2.0")).toBe(0)
  expect(compareVersions("1.9", "2")).toBeLessThan(0)
})

test("requiredMinimumVersion and requiredMaximumVersion say no in one line that names the setting", () => {
  expect(versionRefusal({}, "2.2.0")).toBeNull()
  expect(
    versionRefusal({ requiredMinimumVersion: "2.2.0", requiredMaximumVersion: "2.2.0" }, "2.2.0"),
  ).toBeNull()
  expect(versionRefusal({ requiredMinimumVersion: "2.3" }, "2.2.0")).toContain("requiredMinimumVersion")
  expect(versionRefusal({ requiredMaximumVersion: "2.1" }, "2.2.0")).toContain("requiredMaximumVersion")
})
