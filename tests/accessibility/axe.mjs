// Checks pages with axe-core in headless Chromium and prints the violations as JSON.
// Usage: node axe.mjs PACKAGES CHROMIUM PAGE...   (PACKAGES holds node_modules with axe-core and playwright-core)
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [packages, chromium, ...pages] = process.argv.slice(2);
const require = createRequire(join(packages, "node_modules", "here.js"));
const browsers = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const SIZES = [{ width: 1280, height: 900 }, { width: 320, height: 640 }];
const FLAGS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

const browser = await browsers.chromium.launch({ executablePath: chromium, args: FLAGS });
const found = [];
for (const page of pages) {
  for (const size of SIZES) {
    const context = await browser.newContext({ viewport: size });
    const tab = await context.newPage();
    const asked = [];
    tab.on("request", (request) => asked.push(request.url()));
    await tab.goto(pathToFileURL(page).href);
    await tab.addScriptTag({ content: axe });
    const result = await tab.evaluate((tags) => window.axe.run({ runOnly: { type: "tag", values: tags } }), TAGS);
    const overflow = await tab.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    found.push({
      page,
      width: size.width,
      passes: result.passes.length,
      violations: result.violations.map((v) => ({ id: v.id, help: v.help, nodes: v.nodes.map((n) => n.html) })),
      incomplete: result.incomplete.map((v) => ({ id: v.id, nodes: v.nodes.map((n) => n.html) })),
      requests: asked.filter((url) => !url.startsWith("file:")),
      overflow,
    });
    await context.close();
  }
}
await browser.close();
console.log(JSON.stringify(found));
