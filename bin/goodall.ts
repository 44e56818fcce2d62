#!/usr/bin/env node
void import('../lib/cli/serve-program.js').then(({ serveProgram }) => serveProgram());
