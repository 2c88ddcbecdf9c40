import { chromium } from 'playwright-core';
const [out, w, h, ...files] = process.argv.slice(2);
const b = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const p = await b.newPage({ viewport: { width: (Number(w) + 8) * files.length, height: Number(h) } });
await p.goto('file:///tmp/book-shots/');
await p.setContent(`<body style="margin:0;display:flex;gap:8px;background:#888">${files.map((f) => `<div style="width:${w}px;height:${h}px;overflow:hidden;flex:none"><img width=${w} src="file://${f}"></div>`).join('')}</body>`);
await p.waitForTimeout(500);
await p.screenshot({ path: out });
await b.close();
