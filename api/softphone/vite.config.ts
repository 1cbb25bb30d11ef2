/* Builds src/main.ts into one file. The look's values, the theme and the sign-in are the other pages' own, under /static. */

import { defineConfig } from "vite";

export default defineConfig({
  base: "/phone/",
  publicDir: "page",
  build: {
    outDir: "built",
    emptyOutDir: true,
    target: "es2022",
    // What is committed must come out the same everywhere, and is no source: nobody reads it.
    sourcemap: false,
    reportCompressedSize: false,
    rollupOptions: {
      input: "src/main.ts",
      external: [/^\/static\//],
      output: { entryFileNames: "phone.js", codeSplitting: false },
    },
  },
});
