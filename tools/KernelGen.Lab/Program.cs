using System.CommandLine;
using KernelGen.Lab.Commands;

RootCommand root = new("The laboratory: what compilers and GPUs make of the kernels.") { new SassCommand() };
return root.Parse(args).Invoke();
