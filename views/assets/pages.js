// Niceties only: every page works without this file.

// A form is sent once, however often its button is pressed.
document.addEventListener('submit', (event) => {
  const form = event.target
  if (form.dataset.sent) return event.preventDefault()
  form.dataset.sent = 'yes'
  form.setAttribute('aria-busy', 'true')
})

// Coming back to a page, its form may be sent again.
window.addEventListener('pageshow', () => {
  for (const form of document.forms) {
    delete form.dataset.sent
    form.removeAttribute('aria-busy')
  }
})

// What is long and has to be typed elsewhere can be copied.
for (const source of document.querySelectorAll('[data-copy]')) {
  if (!navigator.clipboard) break
  const button = Object.assign(document.createElement('button'), { type: 'button', className: 'copy', textContent: 'Copy' })
  button.setAttribute('aria-label', `Copy ${source.dataset.copy}`)
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(source.textContent.replace(/\s/g, ''))
    button.textContent = 'Copied'
    setTimeout(() => (button.textContent = 'Copy'), 2000)
  })
  source.after(button)
}

// Signed out: the applications have heard of it once their frames are loaded, or have had time enough to.
const onward = document.querySelector('a[data-onward]')
if (onward) {
  const go = () => location.replace(onward.href)
  window.addEventListener('load', go)
  setTimeout(go, 3000)
}
