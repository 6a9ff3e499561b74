import { chromium } from 'playwright-core';
import { createRequire } from 'node:module';
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const OUT='/tmp/b/front-shots/';
const b=await chromium.launch({executablePath:'/usr/bin/chromium',args:['--no-sandbox','--disable-gpu']});
const ctx=await b.newContext({viewport:{width:1300,height:900},permissions:['clipboard-read','clipboard-write']});
const page=await ctx.newPage(); page.setDefaultTimeout(8000);
page.on('pageerror',e=>console.log('PAGEERROR',e.message)); page.on('console',m=>m.type()==='error'&&console.log('CONSOLE',m.text()));
const shot=async(n,full=true)=>{ await page.screenshot({path:OUT+n+'.png',fullPage:full});
 for (const c of await page.locator('[data-crash]').allTextContents()) console.log('CRASH',n,c.slice(0,400));
 for (const c of await page.locator('[data-missing]').evaluateAll(a=>a.map(x=>x.dataset.missing))) console.log('MISSING',n,c);
 await page.addScriptTag({path:AXE});
 const {violations}=await page.evaluate(()=>axe.run(document,{resultTypes:['violations']}));
 for (const v of violations) console.log('AXE',n,v.impact,v.id,v.nodes.map(x=>x.target.join(' ')).slice(0,3).join(' | '));
};
const open=async(portal,more={})=>{ await page.goto('http://127.0.0.1:4799/preview/?'+new URLSearchParams({portal,location:'settings',locale:'en',...more})); await page.waitForTimeout(700);};
const only=process.argv[2];
const steps={
 async ready(){ await open('4711001'); await shot('ready'); await page.getByRole('button',{name:'Test connection'}).click(); await page.waitForTimeout(400); await shot('tested');
   await page.getByRole('button',{name:'Check prerequisites'}).click(); await page.waitForTimeout(500); await shot('panel',false); await page.keyboard.press('Escape');
   await page.getByRole('button',{name:'Rename'}).click(); await page.waitForTimeout(300); await shot('rename',false); await page.keyboard.press('Escape'); },
 async none(){ await open('4711002'); await shot('none'); },
 async installed(){ await open('4711003'); await shot('not_installed'); console.log(await page.getByRole('link',{name:/Install in HubSpot/}).getAttribute('href')); },
 async wrong(){ await open('4711004'); await shot('wrong'); },
 async allowed(){ await open('4711005'); await shot('not_allowed'); },
 async wizard(){ await open('4711002'); await page.getByRole('button',{name:'Connect NetSuite'}).click(); await page.waitForTimeout(400); await shot('w1');
   await page.getByRole('checkbox',{name:'The set-up in NetSuite is finished'}).check(); await page.getByRole('button',{name:'Next'}).click(); await page.waitForTimeout(300);
   await page.getByRole('button',{name:'Make the certificate'}).click(); await page.waitForTimeout(300); await shot('w2-problems');
   await page.getByRole('textbox',{name:'Account id'}).fill('1234567_SB1'); await page.getByRole('textbox',{name:'Name'}).fill('Chinook test'); await page.waitForTimeout(200); await shot('w2');
   await page.getByRole('button',{name:'Make the certificate'}).click(); await page.getByRole('button',{name:'Test and connect'}).waitFor(); await shot('w3');
   await page.getByRole('button',{name:'Copy certificate'}).click(); await page.getByRole('button',{name:'Download certificate'}).click(); await page.getByRole('link',{name:/Open the download/}).waitFor(); console.log(await page.getByRole('link',{name:/Open the download/}).getAttribute('href'));
   await page.getByRole('textbox',{name:'Client id'}).fill('abc'); await page.getByRole('textbox',{name:'Certificate id'}).fill('wrong'); await page.getByRole('button',{name:'Test and connect'}).click(); await page.getByText('NetSuite refused the connection').waitFor(); await shot('w3-refused');
   await page.getByRole('button',{name:'Close'}).click(); await page.waitForTimeout(300); await shot('drafts'); await page.getByRole('button',{name:'Continue'}).click();
   await page.getByRole('textbox',{name:'Client id'}).fill('abc'); await page.getByRole('textbox',{name:'Certificate id'}).fill('right'); await page.getByRole('button',{name:'Test and connect'}).click(); await page.getByText('Chinook test is connected').waitFor(); await page.waitForTimeout(200); await shot('w4');
   await page.getByRole('button',{name:'Check again'}).click(); await page.waitForTimeout(400); await page.getByRole('button',{name:'Check again'}).click(); await page.waitForTimeout(400); await shot('w4-mended');
   await page.getByRole('button',{name:'Done'}).click(); await page.waitForTimeout(300); await shot('connected'); },
 async signin(){ await open('4711002'); await page.getByRole('button',{name:/Connect (another )?NetSuite/}).click(); await page.getByRole('checkbox',{name:'The set-up in NetSuite is finished'}).check(); await page.getByRole('button',{name:'Next'}).click();
   await page.getByRole('textbox',{name:'Account id'}).fill('1234567'); await page.getByRole('textbox',{name:'Name'}).fill('Chinook AB'); await page.getByRole('radio',{name:'By signing in'}).check(); await page.getByRole('button',{name:'Next'}).click();
   await page.getByRole('textbox',{name:'Client id'}).fill('abc'); await page.getByLabel('Client secret').fill('shh'); await shot('s1');
   await page.getByRole('button',{name:'Go on to the sign-in'}).click(); await page.getByRole('link',{name:/Sign in to NetSuite/}).waitFor(); await page.getByRole('button',{name:'I have signed in'}).click(); await page.waitForTimeout(300); await shot('s2');
   await page.waitForTimeout(1600); await page.getByRole('button',{name:'I have signed in'}).click(); await page.getByText('Chinook AB is connected').waitFor(); await page.waitForTimeout(300); await shot('s3'); },
 async permissions(){ await open('4711001'); await page.getByRole('tab',{name:'Permissions'}).click(); await page.waitForTimeout(400); await shot('p1');
   await page.getByRole('group',{name:'Who may see invoices'}).getByRole('radio',{name:'Only these'}).check(); await page.waitForTimeout(200); await shot('p2');
   await page.getByRole('group',{name:'Users'}).locator('summary').click(); await page.getByRole('checkbox',{name:/Bruno/}).first().check(); await page.waitForTimeout(200); await shot('p3'); await page.getByRole('button',{name:'Save'}).click(); await page.waitForTimeout(300);
   await open('4711004'); await page.getByRole('tab',{name:'Permissions'}).click(); await page.waitForTimeout(400); await shot('p4'); },
 async leaving(){ await open('4711004'); await page.getByRole('tab',{name:'Leaving'}).click(); await page.waitForTimeout(400); await shot('l1');
   await page.getByRole('button',{name:'Purge everything'}).click(); await page.waitForTimeout(300); await page.getByRole('textbox',{name:/Type the portal id/}).fill('99'); await page.waitForTimeout(200); await shot('l2',false);
   await page.getByRole('textbox',{name:/Type the portal id/}).fill('4711004'); await page.waitForTimeout(200); await page.getByRole('dialog').getByRole('button',{name:'Purge everything'}).click(); await page.waitForTimeout(600); await shot('l3'); },
 async french(){ await open('4711001',{locale:'fr'}); await shot('fr'); await page.getByRole('tab',{name:'Départ'}).click(); await page.waitForTimeout(400); await shot('fr-leave'); },
 async card(){ for (const [id,p] of [['511','4711001'],['512','4711001'],['801','4711002'],['802','4711002']]) { await page.goto('http://127.0.0.1:4799/preview/?'+new URLSearchParams({portal:p,location:'tab',type:'0-1',id})); await page.waitForTimeout(900); await shot('card-'+id); }
   await page.getByRole('link',{name:'Open Connected apps'}).focus(); await page.keyboard.press('Enter'); await page.waitForTimeout(600); console.log(page.url()); },
};
for (const [n,f] of Object.entries(steps)) if(!only||only.split(',').includes(n)) { try { await f(); console.log('ok',n);} catch(e){ console.log('FAIL',n,e.message.slice(0,600)); await page.screenshot({path:OUT+'fail-'+n+'.png'});} }
await b.close();
