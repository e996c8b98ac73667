using System.CommandLine;
using KernelGen.CommandLine.Classes;
using KernelGen.Lab.Commands;
using KernelGen.Lab.CpuPeers;
using KernelGen.Peers;
using KernelGen.Peers.OnnxRuntime;
using KernelGen.Peers.Torch;

return CommandProcess.Run(cancellationToken =>
{
    CommandConsole console = new(Console.Out, Console.Error, cancellationToken);
    ModelClassList classes =
        new([new(nameof(ComparedAttention), "everything that is compared", ComparedAttention.Catalogue)]);
    IPeer[] peers = [.. TorchPeer.All, .. OnnxRuntimePeer.All];
    RootCommand root = new("Attention on the CPU: KernelGen beside PyTorch and ONNX Runtime.")
    {
        new PeersBenchCommand(console, classes, peers),
    };
    return CommandRunner.Run(root, args, console);
});
