" Vim and Neovim: `:compiler quell`, then `:make` fills the quickfix list with findings.
" Copy this file to ~/.vim/compiler/ (Neovim: ~/.config/nvim/compiler/).

if exists("current_compiler")
  finish
endif
let current_compiler = "quell"

" `:make` checks the project, `:make %` only reports on the file of the window; quell reads the whole project for both.
CompilerSet makeprg=quell\ check\ --format\ concise

" FILE:LINE:COLUMN: SEVERITY[RULE] MESSAGE, notes about the code, and nothing of the footer.
CompilerSet errorformat=%f:%l:%c:\ %m,note:\ %f:%l:\ %m,%-G%.%#
