/**
 * The folder of package.json. What the package has as files is found from here: `import.meta.url` of another
 * module is not its own where the modules of a program are bundled, in a folder as deep as this one (dist/bundle).
 */
export const packageRoot = new URL('../../', import.meta.url);
