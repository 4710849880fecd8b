// Sends the form of a page that asks nothing. Without script there is a button for it.
HTMLFormElement.prototype.submit.call(document.forms[0])
